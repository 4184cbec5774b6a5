/*
 * unseal: a source of the plaintext of an age v1 file.
 *
 * Bytes it yields are authentic but not yet complete: nothing may be believed
 * before it has given its end (got = 0), which is proven by the final chunk and
 * the end of the input behind it.
 */
#ifndef ENVELOPE_UNSEAL_H
#define ENVELOPE_UNSEAL_H

#include <stddef.h>

#include "base/cause.h"
#include "base/stream.h"
#include "envelope/header.h"
#include "key/recipient.h"

struct unseal;

/*
 * Reads and opens the header.  Borrows in and id.  FAULT_DECRYPT, or the fault
 * of in.
 */
enum fault unseal_new(struct unseal **out, struct source in,
    const struct identity *id, struct cause *why) FAULT_CHECKED;
/* The same, telling the failure class (for the vector runner). */
enum fault unseal_new_class(struct unseal **out, struct source in,
    const struct identity *id, enum header_failure *failure,
    struct cause *why) FAULT_CHECKED;
struct source unseal_source(struct unseal *u);
/* Recipient stanzas in the header: must equal the manifest's recipients. */
size_t unseal_stanzas(const struct unseal *u);
void unseal_free(struct unseal *u);

#endif
