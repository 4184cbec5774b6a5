/*
 * column_case: one column from JSON with ' for ", and cells held against it.
 */
#ifndef COLUMN_CASE_H
#define COLUMN_CASE_H

#include <stdlib.h>

#include "check/value.h"
#include "tap.h"

/* A column from JSON with ' for ". */
static inline enum fault
make(struct column **out, const char *json, struct cause *why)
{
	char text[2048];
	struct doc *d = NULL;
	size_t i = 0;
	enum fault f = FAULT_NONE;

	*out = NULL;
	(void)snprintf(text, sizeof(text), "%s", json);
	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == '\'')
			text[i] = '"';
	if ((f = doc_parse(&d, text, strlen(text), why)) != FAULT_NONE)
		return f;
	f = column_parse(out, doc_root(d), "F", why);
	doc_free(d);
	return f;
}

struct cell {
	const char *text;
	enum value_wrong wrong;
};

static inline void
check(const char *json, const struct cell *cells, size_t n)
{
	struct column *c = NULL;
	struct cause why = { 0 };
	size_t i = 0;

	printf("# %s\n", json);
	TAP_INT(make(&c, json, &why), FAULT_NONE);
	if (c == NULL) {
		printf("# %s: %s\n", why.clause, why.detail);
		return;
	}
	TAP_STR(why.clause, "");
	for (i = 0; i < n; i++) {
		size_t len = strlen(cells[i].text);
		/* An exact copy, so that the sanitizer sees every overrun. */
		char *exact = malloc(len + (len == 0));

		if (exact == NULL)
			abort();
		memcpy(exact, cells[i].text, len);
		printf("# \"%s\"\n", cells[i].text);
		TAP_STR(value_wrong_text(value_check(c, exact, len)),
		    value_wrong_text(cells[i].wrong));
		free(exact);
	}
	column_free(c);
}

#define CHECK(json, ...)                                                 \
	do {                                                             \
		static const struct cell cells_[] = { __VA_ARGS__ };     \
		check(json, cells_, sizeof(cells_) / sizeof(cells_[0])); \
	} while (0)

#endif
