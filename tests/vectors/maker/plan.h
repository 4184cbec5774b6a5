/*
 * plan: how one parcel is made, and what is bent on the way.
 */
#ifndef MAKER_PLAN_H
#define MAKER_PLAN_H

#include <stdbool.h>

#include "set.h"

/* What the sender says that is not so. */
enum bend_says {
	SAYS_GOOD,
	SAYS_OTHER_AGREEMENT, /* the hash of another text */
	SAYS_OTHER_CONTENTS,  /* the hash of another contents.json */
	SAYS_UNPACKED_LESS,   /* fewer bytes than are inside */
	SAYS_OTHER_FILE,      /* another hash of the file, in contents.json */
};

/* What is bent in the archive. */
enum bend_tar {
	TAR_GOOD,
	TAR_MODE,
	TAR_TYPE_NUL,
	TAR_PADDED,
	TAR_PAX_TIMES,
	TAR_PAX_PATH,
	TAR_SYMLINK,
	TAR_HARDLINK,
	TAR_DIRECTORY,
	TAR_DEVICE,
	TAR_FIFO,
	TAR_SPARSE,
	TAR_LONG_NAME,
	TAR_GLOBAL,
	TAR_GNU,
	TAR_V7,
	TAR_CHECKSUM,
	TAR_SIZE_TEXT,
	TAR_SIZE_LARGE,
	TAR_SIZE_NEGATIVE,
	TAR_NAME_CLIMBS,
	TAR_NAME_ABSOLUTE,
	TAR_NAME_TAIL,
	TAR_PREFIX,
	TAR_LINKNAME,
	TAR_FILL,
	TAR_NO_END,
	TAR_HALF_END,
	TAR_AFTER_END,
	TAR_CUT,
	TAR_TWICE,
	TAR_FOLDED,
	TAR_MORE,
	TAR_MORE_BYTES,
	TAR_LESS,
	TAR_ORDER,
	TAR_EMPTY,
	TAR_PAX_KEY,
	TAR_PAX_LINK,
	TAR_PAX_OTHER_PATH,
	TAR_PAX_OTHER_SIZE,
	TAR_PAX_TWICE,
	TAR_PAX_LENGTH,
	TAR_PAX_ALONE,
};

/* What is bent in the compressed frame. */
enum bend_frame {
	FRAME_GOOD,
	FRAME_WINDOW_8M,
	FRAME_WINDOW_9M,
	FRAME_SIZE_LARGE,
	FRAME_TWO,
	FRAME_SKIPPABLE_FIRST,
	FRAME_SKIPPABLE_LAST,
	FRAME_TRAILING,
	FRAME_CUT,
	FRAME_DICTIONARY,
	FRAME_RESERVED_BIT,
	FRAME_RESERVED_BLOCK,
	FRAME_WRONG_SUM,
	FRAME_WRONG_SIZE,
	FRAME_OLD_MAGIC,
	FRAME_NONE,
	FRAME_BOMB,
};

/* What is bent in the sealed file. */
enum bend_age {
	AGE_GOOD,
	AGE_TWO,      /* to the guardian too, as the manifest says */
	AGE_TWO_TOLD, /* the same, but the manifest names one */
	AGE_OTHER,    /* to somebody else only */
	AGE_BIT,
	AGE_MAC,
	AGE_CUT,
	AGE_TRAILING,
	AGE_VERSION,
	AGE_SCRYPT,
	AGE_NONE,
};

/* Who signs the manifest, and what is bent in it. */
enum bend_sign {
	SIGN_GOOD,
	SIGN_OLD,
	SIGN_ROOT,
	SIGN_RECIPIENT,
	SIGN_STRANGER,
	SIGN_STRANGER_AS_SENDER, /* a stranger's under the sender's key id */
	SIGN_LEGACY,
	SIGN_BIT,
	SIGN_TRUSTED,
	SIGN_UNTRUSTED,
	SIGN_CRLF,
	SIGN_EMPTY,
	SIGN_CHANGED, /* the page was changed afterwards */
};

/* What happens on the drop. */
enum bend_drop {
	DROP_GOOD,
	DROP_BIT,
	DROP_SHORTER,
	DROP_LONGER,
	DROP_EMPTY,
	DROP_NO_PAYLOAD,
	DROP_NO_SIGNATURE,
	DROP_NO_MANIFEST,
	DROP_ANSWERED, /* receipts lie there too */
};

struct plan {
	const char *name;
	const char *codes;
	const char *what;
	struct text table;              /* .at NULL: goods_table */
	bool recount;                   /* the table is good: count it */
	struct text second;             /* a second file, if .at is not NULL */
	struct text page_from, page_to; /* a change in contents.json */
	struct text manifest_from, manifest_to;
	enum bend_says says;
	enum bend_tar tar;
	enum bend_frame frame;
	enum bend_age age;
	enum bend_sign sign;
	enum bend_drop drop;
};

#endif
