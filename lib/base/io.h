/*
 * io: whole reads and writes; files that appear only when they are proven.
 *
 * Directories are descriptors, names are relative to them; AT_FDCWD is allowed.
 * No call follows a symbolic link in the last component, but io_mkdirs,
 * io_names and io_sync_dir take one that leads to a directory.
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/stream.h"

/* Writes all bytes, through EINTR and short writes. */
enum fault io_write(int fd, const void *bytes, size_t len, const char *name,
    struct cause *why) FAULT_CHECKED;

/*
 * Reads until cap or end of file; *got < cap means the end.
 */
enum fault io_read(int fd, void *bytes, size_t cap, size_t *got,
    const char *name, struct cause *why) FAULT_CHECKED;

/*
 * Appends the whole regular file to out.  FAULT_ABSENT, FAULT_LARGER beyond
 * out->max, FAULT_SYSTEM, FAULT_MEMORY.
 */
enum fault io_load(struct buf *out, int dir, const char *name,
    struct cause *why) FAULT_CHECKED;

/*
 * Puts bytes under "name" at once: written aside, fsynced, renamed, directory
 * fsynced.  With replace false an existing name is FAULT_EXISTS and stays.
 * On a fault nothing new is visible.
 */
enum fault io_save(int dir, const char *name, const void *bytes, size_t len,
    mode_t mode, bool replace, struct cause *why) FAULT_CHECKED;

/* Makes each directory of the relative path, mode 0700; existing is fine, but
 * FAULT_SYSTEM when something else stands there. */
enum fault io_mkdirs(
    int dir, const char *path, struct cause *why) FAULT_CHECKED;

/* Opens a directory; -1 and cause on failure, FAULT_ABSENT when missing. */
enum fault io_opendir(
    int *out, int dir, const char *path, struct cause *why) FAULT_CHECKED;

/* fsync of a directory by path ("." for dir itself). */
enum fault io_sync_dir(
    int dir, const char *path, struct cause *why) FAULT_CHECKED;

/* rename without overwrite (RENAME_NOREPLACE), then both directories fsynced.
 * FAULT_EXISTS when "to" exists; then nothing changed. */
enum fault io_rename(int from_dir, const char *from, int to_dir, const char *to,
    struct cause *why) FAULT_CHECKED;

/* Removes a file or a directory tree below dir; missing is fine. */
enum fault io_remove_tree(
    int dir, const char *path, struct cause *why) FAULT_CHECKED;

/*
 * Names in a directory that begin with neither '.', sorted bytewise, at most
 * max (FAULT_LARGER).  A missing directory gives none.  Free with
 * io_names_free.
 */
struct io_names {
	char **name;
	size_t n;
};
enum fault io_names(struct io_names *out, int dir, const char *path, size_t max,
    struct cause *why) FAULT_CHECKED;
void io_names_free(struct io_names *names);

/* A sink into, a source from, a descriptor.  Both borrow fd and name. */
struct io_file {
	int fd;
	const char *name;
};
struct sink io_sink(struct io_file *file);
struct source io_source(struct io_file *file);

/* Bytes free for us on the file system that holds dir. */
enum fault io_free_bytes(
    unsigned long long *out, int dir, struct cause *why) FAULT_CHECKED;

#endif
