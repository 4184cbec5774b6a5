/*
 * fuzz_schema: a schema is refused with a place or compiled; then every value
 * is held against every column, and what the screen calls sound must be what
 * the rule takes.  The input is the schema, a NUL, and values, one a line.
 */
#include "check/column.h"
#include "check/schema.h"
#include "check/screen.h"
#include "fuzz.h"
#include "text/utf8.h"

#define VALUE_MAX 256

/* Up to 64 values, each with the slack that the screen may read. */
struct values {
	char bytes[SCREEN_CELLS][VALUE_MAX + 1 + SCREEN_SLACK];
	struct csv_field field[SCREEN_CELLS];
	size_t n;
};

static void
values_read(struct values *v, const uint8_t *data, size_t size)
{
	const uint8_t *lf = NULL;
	size_t len = 0;

	for (v->n = 0; size > 0 && v->n < SCREEN_CELLS;
	     data += len + 1, size -= len + 1) {
		lf = memchr(data, '\n', size);
		len = lf != NULL ? (size_t)(lf - data) : size;
		/* Cells are valid UTF-8 without NUL before anything looks at
		 * them. */
		if (len > 0 && len <= VALUE_MAX &&
		    memchr(data, '\0', len) == NULL &&
		    utf8_valid((const char *)data, len) == len) {
			memcpy(v->bytes[v->n], data, len);
			memset(v->bytes[v->n] + len, 0, 1 + SCREEN_SLACK);
			v->field[v->n] = (struct csv_field){ v->bytes[v->n],
				(uint32_t)len, false, false };
			v->n++;
		}
		if (lf == NULL)
			break;
	}
}

static void
hold_screen(const struct column *c, const struct values *v, uint64_t taken)
{
	struct cells cells = { .field = v->field, .stride = 1, .n = v->n };
	struct screen *screen = NULL;
	uint64_t sound = 0;

	FUZZ_HOLD(screen_new(&screen, c) == FAULT_NONE);
	sound = screen_sound(screen, &cells);
	FUZZ_HOLD((sound & ~taken) == 0);
	if (screen_words(screen) > 0)
		FUZZ_HOLD(sound == taken);
	screen_free(screen);
}

static void
hold_column(const struct schema *s, size_t column, const struct values *v)
{
	const struct column *c = schema_column(s, column);
	struct value_sum sum = { 0 };
	struct cause why;
	char text[VALUE_SUM_TEXT] = "";
	uint64_t taken = 0;

	for (size_t i = 0; i < v->n; i++) {
		const char *at = v->field[i].at;
		size_t len = v->field[i].len;
		bool missing = schema_missing(s, at, len);
		enum fault f = FAULT_NONE;

		if (value_check(c, at, len) == VALUE_OK)
			taken |= 1ULL << i;
		cause_clear(&why);
		f = strlen(at) == len ? schema_check(s, column, at, &why)
				      : FAULT_NONE;
		if (f != FAULT_NONE)
			fuzz_refused(f, FAULT_VALUE, FAULT_VALUE, &why);
		if (strlen(at) == len && !missing)
			FUZZ_HOLD((f == FAULT_NONE) == ((taken >> i & 1) != 0));
		if ((taken >> i & 1) != 0 && column_numeric(c))
			value_sum_add(&sum, c, at, len);
	}
	(void)value_sum_text(&sum, text, sizeof(text));
	hold_screen(c, v, taken);
}

static void
hold_schema(const struct schema *s, const struct values *v)
{
	const size_t *key = NULL;
	size_t n = schema_key(s, &key);

	for (size_t i = 0; i < n; i++)
		FUZZ_HOLD(key[i] < schema_count(s));
	for (size_t k = 0; (n = schema_unique_key(s, k, &key)) > 0; k++)
		for (size_t i = 0; i < n; i++)
			FUZZ_HOLD(key[i] < schema_count(s));
	for (size_t i = 0; i < schema_count(s); i++) {
		FUZZ_HOLD(schema_find(s, schema_name(s, i)) == i);
		hold_column(s, i, v);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = memchr(data, '\0', size);
	size_t len = nul != NULL ? (size_t)(nul - data) : size;
	struct values *v = malloc(sizeof(*v));
	struct schema *s = NULL;
	struct doc *doc = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;

	FUZZ_HOLD(v != NULL);
	cause_clear(&why);
	f = doc_parse(&doc, data, len, &why);
	if (f == FAULT_NONE)
		f = schema_parse(&s, doc_root(doc), "schema", &why);
	FUZZ_HOLD((f == FAULT_NONE) == (s != NULL));
	values_read(
	    v, nul != NULL ? nul + 1 : data, nul != NULL ? size - len - 1 : 0);
	if (f != FAULT_NONE)
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
	else
		hold_schema(s, v);
	schema_free(s);
	doc_free(doc);
	free(v);
	return 0;
}
