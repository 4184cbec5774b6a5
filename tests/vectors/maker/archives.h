/*
 * archives: tar and zstd, byte by byte, so that anything can be wrong in them
 * and no version of a library changes the set.
 */
#ifndef MAKER_ARCHIVES_H
#define MAKER_ARCHIVES_H

#include <stdint.h>

#include "set.h"

#define ARCHIVES_BLOCK 512

/* A header of the POSIX kind; type '0' is a regular file. */
void archive_header(
    struct buf *tar, const char *name, uint64_t size, char type);
/* Changes bytes of a header that begins at "header", and its checksum. */
void archive_patch(
    struct buf *tar, size_t header, size_t at, const void *bytes, size_t len);
/* Bytes up to a whole block. */
void archive_data(struct buf *tar, const void *bytes, size_t len);
void archive_file(struct buf *tar, const char *name, const struct text *bytes);
void archive_zeros(struct buf *out, size_t len);
/* An extended header with these records, which are as long as they say. */
void archive_pax(struct buf *tar, const char *records);

/* One frame of stored and repeated blocks, with size and checksum; at most 128
 * KiB. */
void archive_frame(struct buf *out, const struct buf *plain);
/* A frame without size and checksum, whose window is as the byte says. */
void archive_frame_window(
    struct buf *out, const struct buf *plain, uint8_t window);
/* A frame of the bytes, then n blocks of 128 KiB of zeros. */
void archive_frame_bomb(struct buf *out, const struct buf *plain, size_t n);

#endif
