/*
 * pepper: made when it is first needed, and never made anew: with another one
 * the same person would have another pseudonym in the next parcel.
 */
#include "spool/pepper.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/intl.h"
#include "base/io.h"
#include "key/hash.h"

#define TEXT_LEN (2 * PSEUDONYM_SECRET)
#define NAME_MAX_LEN (LIMIT_ID + 16)

static enum fault
make_pepper(struct home *h, const char *name, struct cause *why)
{
	uint8_t secret[PSEUDONYM_SECRET];
	char text[TEXT_LEN + 1];
	enum fault f;

	hash_random(secret, sizeof(secret));
	hex_encode(text, secret, sizeof(secret));
	text[TEXT_LEN] = '\n';
	f = io_save(h->dir, name, text, sizeof(text), 0600, false, why);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(text, sizeof(text));
	/* Whoever was faster made as good a one. */
	if (f == FAULT_EXISTS) {
		cause_clear(why);
		f = FAULT_NONE;
	}
	return f;
}

static enum fault
parse(uint8_t out[static PSEUDONYM_SECRET], const struct buf *text,
    const char *name, struct cause *why)
{
	char digits[TEXT_LEN + 1];
	bool good = text->len == TEXT_LEN ||
	    (text->len == TEXT_LEN + 1 && text->data[TEXT_LEN] == '\n');

	if (good) {
		memcpy(digits, text->data, TEXT_LEN);
		digits[TEXT_LEN] = '\0';
		good = hex_decode(out, PSEUDONYM_SECRET, digits);
		explicit_bzero(digits, sizeof(digits));
	}
	if (good)
		return FAULT_NONE;
	cause_place(why, name, 0, NULL, UINT64_MAX);
	return cause_set(why, FAULT_CONF,
	    N_("is not a line of %d lower-case hex digits; put the one back "
	       "that earlier pseudonyms were made with"),
	    TEXT_LEN);
}

enum fault
pepper_load(struct home *h, const char *agreement, bool make,
    uint8_t out[static PSEUDONYM_SECRET], struct cause *why)
{
	struct buf text = BUF_MAX(LIMIT_KEY_FILE);
	char name[NAME_MAX_LEN];
	enum fault f;

	(void)snprintf(name, sizeof(name), "keys/%s.pepper", agreement);
	f = io_load(&text, h->dir, name, why);
	if (f == FAULT_ABSENT && make) {
		cause_clear(why);
		f = make_pepper(h, name, why);
		if (f == FAULT_NONE)
			f = io_load(&text, h->dir, name, why);
	}
	if (f == FAULT_NONE)
		f = parse(out, &text, name, why);
	buf_wipe(&text);
	return f;
}
