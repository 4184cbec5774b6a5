/*
 * seal: a sink that encrypts to recipients, as age(1) does (age v1, X25519).
 */
#ifndef ENVELOPE_SEAL_H
#define ENVELOPE_SEAL_H

#include <stddef.h>

#include "base/cause.h"
#include "base/stream.h"
#include "key/recipient.h"

struct seal;

/* Writes the header into out at once.  out must outlive the seal. */
enum fault seal_new(struct seal **out, struct sink into,
    const struct recipient *to, size_t n, struct cause *why) FAULT_CHECKED;
struct sink seal_sink(struct seal *s);
/* Writes the final chunk.  Without it the file does not open. */
enum fault seal_finish(struct seal *s, struct cause *why) FAULT_CHECKED;
void seal_free(struct seal *s);

#endif
