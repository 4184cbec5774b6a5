# SERAH_FLAGS(VARIABLE, FLAGS): adds to VARIABLE those FLAGS the compiler takes.
AC_DEFUN([SERAH_FLAGS], [
$1=
serah_save_CFLAGS=$CFLAGS
for serah_flag in m4_normalize([$2]); do
	AC_MSG_CHECKING([whether $CC takes $serah_flag])
	CFLAGS="$serah_save_CFLAGS -Werror $serah_flag"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
	    [AC_MSG_RESULT([yes])
	     $1="$$1 $serah_flag"],
	    [AC_MSG_RESULT([no])])
done
CFLAGS=$serah_save_CFLAGS
])
