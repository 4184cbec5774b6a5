/*
 * pepper: the secret of one agreement that pseudonyms are made with
 * (keys/AGREEMENT.pepper, 64 lower-case hex digits in a line).
 */
#ifndef SPOOL_PEPPER_H
#define SPOOL_PEPPER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"
#include "key/pseudonym.h"
#include "spool/home.h"

/*
 * Reads it; the caller wipes it.  Where there is none: FAULT_ABSENT, or with
 * "make" one of chance is put there.  FAULT_CONF when the file holds anything
 * else.  On a fault nothing new is there.
 */
enum fault pepper_load(struct home *h, const char *agreement, bool make,
    uint8_t out[static PSEUDONYM_SECRET], struct cause *why) FAULT_CHECKED;

#endif
