/*
 * order: what goes over the line between a remote and its courier.
 *
 * Orders and replies are small messages of fixed form; texts and bytes lie in a
 * piece of memory that both share.  An order's texts, each with its NUL, and
 * then its bytes lie at the beginning.  A reply's bytes come as blocks, taken
 * in turn from the first: BLOCK says how many bytes the next one holds, TAKEN
 * gives it back, DONE ends the order.
 */
#ifndef REMOTE_ORDER_H
#define REMOTE_ORDER_H

#include <stdint.h>

#include "base/cause.h"
#include "base/limits.h"

#define ORDER_BLOCK (256 * KIB)
#define ORDER_BLOCKS 8
#define ORDER_MEMORY (ORDER_BLOCKS * ORDER_BLOCK)

enum order_verb {
	ORDER_OPEN, /* URL, user, SSH key, proxy ("" = none), host keys… */
	ORDER_LIST, /* path; names, each with its NUL */
	ORDER_SIZE,
	ORDER_EXISTS,
	ORDER_GET, /* path, a offset, b expected, flag exact; bytes */
	ORDER_MKDIRS,
	ORDER_PUT,    /* path, descriptor, a size, flag resume */
	ORDER_FOLLOW, /* path, descriptor; then GROWN until the end */
	ORDER_SAVE,   /* path, bytes, flag replace */
	ORDER_RENAME, /* from, to */
	ORDER_REMOVE,
	ORDER_REMOVE_DIR,
	/* While an order is under way: */
	ORDER_TAKEN, /* flag: go on */
	ORDER_GROWN, /* a size; flag ended, b whether whole */
};

struct order {
	uint32_t verb;
	uint32_t flag;
	uint32_t stop;  /* who gives it was asked to stop */
	uint32_t n;     /* texts */
	uint32_t text;  /* their bytes */
	uint32_t bytes; /* that follow */
	uint64_t a, b;
};

enum reply_kind { REPLY_BLOCK, REPLY_DONE };

struct reply {
	uint32_t kind;
	uint32_t fault;
	uint64_t value;
	struct cause why; /* sent with DONE alone */
};

#endif
