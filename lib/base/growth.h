/*
 * growth: how far a file has been written, told by the thread that writes it to
 * one that reads it at the same time.
 */
#ifndef BASE_GROWTH_H
#define BASE_GROWTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"

struct growth;

enum fault growth_new(struct growth **out) FAULT_CHECKED;
/* Both threads must have ended with it.  NULL-safe. */
void growth_free(struct growth *g);

/* Writer: "size" bytes may be read by now. */
void growth_tell(struct growth *g, uint64_t size);
/* Writer: no more will come; with whole false the file is not good, and the
 * reader gets FAULT_INTERRUPTED. */
void growth_end(struct growth *g, bool whole);

/* Reader: how many bytes may be read now; never waits.  FAULT_INTERRUPTED when
 * the file was given up, whatever was told before. */
enum fault growth_look(
    struct growth *g, uint64_t *size, struct cause *why) FAULT_CHECKED;

/*
 * Reader: waits until more than "from" bytes may be read, or the end; *size is
 * how many, equal to "from" only at the end.  FAULT_INTERRUPTED.
 */
enum fault growth_wait(struct growth *g, uint64_t from, uint64_t *size,
    struct cause *why) FAULT_CHECKED;

#endif
