/*
 * reading: what partners sign, parsed in a confined half that has nothing but
 * these bytes.  Their signature must hold before.
 */
#ifndef CMD_READING_H
#define CMD_READING_H

#include "record/manifest.h"
#include "record/receipt.h"

/*
 * As manifest_parse and receipt_parse.  Besides FAULT_SYSTEM when the half was
 * stopped, or told what no page can say.  No other thread may run.
 */
enum fault reading_manifest(struct manifest **out, const void *bytes,
    size_t len, struct cause *why) FAULT_CHECKED;
enum fault reading_receipt(struct receipt *out, const void *bytes, size_t len,
    struct cause *why) FAULT_CHECKED;

#endif
