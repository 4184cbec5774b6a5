/*
 * fuzz_rule: rules are refused with a place or compiled; what they find lies in
 * records that there are, and only where their cells allow it.  The input is
 * rules[], a NUL, and records of the columns below, one a line.
 */
#include "check/rule.h"
#include "fuzz.h"
#include "text/utf8.h"

#define RECORDS 64
#define COLUMNS 8

/* Two of each type that a rule may want, and one that is required. */
static const char schema_text[] =
    "{\"fields\":[{\"name\":\"a\",\"type\":\"string\"},"
    "{\"name\":\"b\",\"type\":\"string\"},"
    "{\"name\":\"c\",\"type\":\"string\",\"constraints\":"
    "{\"enum\":[\"L\",\"P\",\"X\"]}},"
    "{\"name\":\"d\",\"type\":\"date\"},"
    "{\"name\":\"e\",\"type\":\"date\",\"format\":\"%d-%m-%Y\"},"
    "{\"name\":\"f\",\"type\":\"datetime\"},"
    "{\"name\":\"g\",\"type\":\"datetime\"},"
    "{\"name\":\"h\",\"type\":\"integer\",\"constraints\":"
    "{\"required\":true}}],\"missingValues\":[\"\",\"-\"]}";

struct batch {
	struct csv_field field[RECORDS * COLUMNS];
	uint64_t missing[COLUMNS], sound[COLUMNS];
	size_t n;
};

/* As scan.c leaves it, cell by cell. */
static void
note_cell(struct batch *b, const struct schema *s, size_t c, size_t len)
{
	struct csv_field *f = &b->field[b->n * COLUMNS + c];
	uint64_t bit = 1ULL << b->n;

	f->len = (uint32_t)len;
	if (schema_missing(s, f->at, len))
		b->missing[c] |= bit;
	else if (value_check(schema_column(s, c), f->at, len) == VALUE_OK)
		b->sound[c] |= bit;
}

static void
batch_read(
    struct batch *b, const struct schema *s, const char *text, size_t size)
{
	const char *end = text + size, *stop = NULL;
	size_t c = 0;

	memset(b, 0, sizeof(*b));
	for (; text < end && b->n < RECORDS; text++) {
		for (c = 0; c < COLUMNS; c++) {
			stop = text;
			while (stop < end && *stop != '\n' && *stop != ',')
				stop++;
			b->field[b->n * COLUMNS + c].at = text;
			note_cell(b, s, c, (size_t)(stop - text));
			text = stop < end && *stop == ',' ? stop + 1 : stop;
		}
		while (text < end && *text != '\n')
			text++;
		b->n++;
	}
}

static void
hold_rule(const struct rules *r, size_t at, const struct rule_cells *cells)
{
	struct rule_found found;
	struct cause why;
	uint64_t any = 0;

	rule_check(r, at, cells, &found);
	FUZZ_HOLD(found.n >= 1 && found.n <= RULE_FOUND);
	FUZZ_HOLD(found.column == SIZE_MAX || found.column < COLUMNS);
	for (size_t w = 0; w < found.n; w++) {
		enum rule_word word = (enum rule_word)(found.word + w);

		any |= found.broken[w];
		/* Of a wrong shape nothing else is said. */
		if (w > 0)
			FUZZ_HOLD((found.broken[w] & found.broken[0]) == 0);
		FUZZ_HOLD(rule_word_text(word)[0] != '\0');
		cause_clear(&why);
		(void)rule_cause(r, at, word, &why);
		FUZZ_HOLD(why.fault == FAULT_VALUE && fuzz_shown(why.detail));
	}
	FUZZ_HOLD((any & ~cells->all) == 0);
	/* A wrong cell has a fault of its own. */
	if (found.column != SIZE_MAX)
		FUZZ_HOLD((any & ~cells->sound[found.column] &
			      ~cells->missing[found.column]) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct batch batch;
	const uint8_t *nul = memchr(data, '\0', size);
	size_t len = nul != NULL ? (size_t)(nul - data) : size;
	struct schema *schema = NULL;
	struct rules *rules = NULL;
	struct doc *doc = NULL, *own = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	FUZZ_HOLD(doc_parse(&own, schema_text, sizeof(schema_text) - 1, NULL) ==
	    FAULT_NONE);
	FUZZ_HOLD(
	    schema_parse(&schema, doc_root(own), "s", NULL) == FAULT_NONE);
	f = doc_parse(&doc, data, len, &why);
	if (f == FAULT_NONE)
		f = rules_parse(&rules, doc_root(doc), schema, "rules", &why);
	FUZZ_HOLD((f == FAULT_NONE) == (rules != NULL));
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
	} else if (nul != NULL) {
		batch_read(
		    &batch, schema, (const char *)nul + 1, size - len - 1);
		struct rule_cells cells = { batch.field, COLUMNS,
			batch.n > 0 ? UINT64_MAX >> (RECORDS - batch.n) : 0,
			batch.missing, batch.sound };

		for (size_t i = 0; i < rules_count(rules); i++)
			hold_rule(rules, i, &cells);
	}
	rules_free(rules);
	schema_free(schema);
	doc_free(doc);
	doc_free(own);
	return 0;
}
