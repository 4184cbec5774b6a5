/*
 * rule: the reading of rules[] is in rule_parse.c, what they find is here.  No
 * cell is looked at that its own column's rules refuse: of several faults of a
 * cell one is named.
 */
#include "check/rule.h"

#include <string.h>

#include "base/intl.h"
#include "check/identity.h"
#include "check/rule_plan.h"
#include "check/value.h"

static const char *const words[RULE_WORDS] = {
	[RULE_AT_LEAST_ONE] = "at_least_one",
	[RULE_REQUIRED_WHEN] = "required_when",
	[RULE_NOT_BEFORE] = "not_before",
	[RULE_EQUAL] = "equal",
	[RULE_NIK] = "nik",
	[RULE_NIK_DATE] = "nik_date",
	[RULE_NIK_SERIAL] = "nik_serial",
	[RULE_NIK_PROVINCE] = "nik_province",
	[RULE_NIK_BIRTH_DATE] = "nik_birth_date",
	[RULE_NIK_SEX] = "nik_sex",
	[RULE_NIK_REGION] = "nik_region",
	[RULE_NKK] = "nkk",
	[RULE_NKK_DATE] = "nkk_date",
	[RULE_NKK_SERIAL] = "nkk_serial",
	[RULE_NKK_PROVINCE] = "nkk_province",
	[RULE_PASSPORT] = "passport",
	[RULE_AREA_CODE] = "area_code",
	[RULE_AREA_PROVINCE] = "area_province",
	[RULE_AREA_REGENCY] = "area_regency",
};

const char *
rule_word_text(enum rule_word word)
{
	return words[word];
}

size_t
rules_count(const struct rules *r)
{
	return r == NULL ? 0 : r->n;
}

/* ---- across columns ---- */

static const struct csv_field *
cell(const struct rule_cells *cells, size_t column, size_t record)
{
	return &cells->fields[record * cells->columns + column];
}

static uint64_t
at_least_one(const struct rule *rule, const struct rule_cells *cells)
{
	uint64_t none = cells->all;
	size_t i = 0;

	for (i = 0; i < rule->n; i++)
		none &= cells->missing[rule->at[i]];
	return none;
}

static uint64_t
required_when(const struct rule *rule, const struct rule_cells *cells)
{
	uint64_t doubt = cells->all & cells->missing[rule->at[0]] &
	    cells->sound[rule->at[1]];
	uint64_t broken = 0;

	for (; doubt != 0; doubt &= doubt - 1) {
		size_t i = (size_t)__builtin_ctzll(doubt);
		const struct csv_field *when = cell(cells, rule->at[1], i);

		if (set_find(rule->is, when->at, when->len) != SIZE_MAX)
			broken |= 1ULL << i;
	}
	return broken;
}

static uint64_t
not_before(const struct rule *rule, const struct rule_cells *cells)
{
	uint64_t both =
	    cells->all & cells->sound[rule->at[0]] & cells->sound[rule->at[1]];
	uint64_t broken = 0;

	for (; both != 0; both &= both - 1) {
		size_t i = (size_t)__builtin_ctzll(both);
		const struct csv_field *a = cell(cells, rule->at[0], i);
		const struct csv_field *b = cell(cells, rule->at[1], i);

		if (value_moment(rule->column[0], a->at, a->len) <
		    value_moment(rule->column[1], b->at, b->len))
			broken |= 1ULL << i;
	}
	return broken;
}

/* A value is not equal to none; a wrong one has its own fault already. */
static uint64_t
equal(const struct rule *rule, const struct rule_cells *cells)
{
	uint64_t none_a = cells->missing[rule->at[0]];
	uint64_t none_b = cells->missing[rule->at[1]];
	uint64_t a_there = cells->sound[rule->at[0]];
	uint64_t b_there = cells->sound[rule->at[1]];
	uint64_t both = cells->all & a_there & b_there;
	uint64_t broken =
	    cells->all & ((none_a & b_there) | (a_there & none_b));

	for (; both != 0; both &= both - 1) {
		size_t i = (size_t)__builtin_ctzll(both);
		const struct csv_field *a = cell(cells, rule->at[0], i);
		const struct csv_field *b = cell(cells, rule->at[1], i);

		if (a->len != b->len || memcmp(a->at, b->at, a->len) != 0)
			broken |= 1ULL << i;
	}
	return broken;
}

/* ---- identifiers ---- */

/* The cell of another column of the rule; NULL: not agreed, or without a value
 * that can be relied on. */
static const struct csv_field *
beside(const struct rule *rule, const struct rule_cells *cells, size_t which,
    size_t record)
{
	size_t column = rule->at[which];

	if (column == SIZE_MAX || (cells->sound[column] >> record & 1) == 0)
		return NULL;
	return cell(cells, column, record);
}

static bool
is_text(const struct csv_field *f, const char *text, size_t len)
{
	return f->len == len && memcmp(f->at, text, len) == 0;
}

static void
know_person(struct identity_person *p, const struct rule *rule,
    const struct rule_cells *cells, size_t record)
{
	const struct csv_field *birth =
	    beside(rule, cells, RULE_BIRTH_DATE, record);
	const struct csv_field *sex = beside(rule, cells, RULE_SEX, record);
	const struct csv_field *region =
	    beside(rule, cells, RULE_REGION, record);

	memset(p, 0, sizeof(*p));
	if (birth != NULL)
		value_day(rule->column[RULE_BIRTH_DATE], birth->at, &p->year,
		    &p->month, &p->day);
	if (sex != NULL && is_text(sex, rule->male, rule->male_len))
		p->sex = IDENTITY_MALE;
	else if (sex != NULL && is_text(sex, rule->female, rule->female_len))
		p->sex = IDENTITY_FEMALE;
	if (region != NULL)
		p->region_len =
		    identity_area_digits(p->region, region->at, region->len);
}

static unsigned
identify(const struct rule *rule, const struct rule_cells *cells, size_t record)
{
	const struct csv_field *f = cell(cells, rule->at[0], record);
	struct identity_person person;

	switch ((int)rule->word) {
	case RULE_NIK:
		know_person(&person, rule, cells, record);
		return identity_nik(f->at, f->len, &person);
	case RULE_NKK:
		return identity_nkk(f->at, f->len);
	case RULE_PASSPORT:
		return identity_passport(f->at, f->len);
	default:
		return identity_area(f->at, f->len);
	}
}

/* Bits of identity.h to words of the rule, in their order. */
static const unsigned nik_bits[] = { IDENTITY_SHAPE, IDENTITY_DATE,
	IDENTITY_SERIAL, IDENTITY_PROVINCE, IDENTITY_BIRTH_DATE, IDENTITY_SEX,
	IDENTITY_REGION };
static const unsigned area_bits[] = { IDENTITY_SHAPE, IDENTITY_PROVINCE,
	IDENTITY_REGION };

static void
identity_rule(const struct rule *rule, const struct rule_cells *cells,
    struct rule_found *found)
{
	const unsigned *bits =
	    rule->word == RULE_AREA_CODE ? area_bits : nik_bits;
	uint64_t there = cells->all & cells->sound[rule->at[0]];
	size_t w = 0;

	for (; there != 0; there &= there - 1) {
		size_t i = (size_t)__builtin_ctzll(there);
		unsigned wrong = identify(rule, cells, i);

		if (__builtin_expect(wrong == 0, 1))
			continue;
		for (w = 0; w < found->n; w++)
			if ((wrong & bits[w]) != 0)
				found->broken[w] |= 1ULL << i;
	}
}

/* Words of a kind of rule. */
static size_t
words_of(enum rule_word word)
{
	switch ((int)word) {
	case RULE_NIK:
		return RULE_NKK - RULE_NIK;
	case RULE_NKK:
		return RULE_PASSPORT - RULE_NKK;
	case RULE_AREA_CODE:
		return RULE_WORDS - RULE_AREA_CODE;
	default:
		return 1;
	}
}

void
rule_check(const struct rules *r, size_t at, const struct rule_cells *cells,
    struct rule_found *found)
{
	const struct rule *rule = &r->rule[at];
	size_t w = 0;

	found->column =
	    rule->word == RULE_AT_LEAST_ONE ? SIZE_MAX : rule->at[0];
	found->word = rule->word;
	found->n = words_of(rule->word);
	for (w = 0; w < found->n; w++) {
		found->broken[w] = 0;
		/* What digits mean is a reason to look, unless agreed. */
		found->warning[w] = rule->level == RULE_LEVEL_WARNING ||
		    (w > 0 && rule->level == RULE_LEVEL_DEFAULT);
	}
	switch ((int)rule->word) {
	case RULE_AT_LEAST_ONE:
		found->broken[0] = at_least_one(rule, cells);
		break;
	case RULE_REQUIRED_WHEN:
		found->broken[0] = required_when(rule, cells);
		break;
	case RULE_NOT_BEFORE:
		found->broken[0] = not_before(rule, cells);
		break;
	case RULE_EQUAL:
		found->broken[0] = equal(rule, cells);
		break;
	default:
		identity_rule(rule, cells, found);
		break;
	}
}

/* ---- in words ---- */

/* "A, B, C", as many as there is room for. */
static void
name_columns(char *out, size_t cap, const struct rule *rule)
{
	size_t i = 0, len = 0;

	out[0] = '\0';
	for (i = 0; i < rule->n; i++) {
		const char *name = column_name(rule->column[i]);
		size_t n = strlen(name);

		if (len + n + 8 > cap) {
			memcpy(out + len, ", \xe2\x80\xa6", 6);
			return;
		}
		if (i > 0) {
			memcpy(out + len, ", ", 2);
			len += 2;
		}
		memcpy(out + len, name, n + 1);
		len += n;
	}
}

static enum fault
across_cause(const struct rule *rule, enum rule_word word, struct cause *why)
{
	char names[192] = "";

	switch ((int)word) {
	case RULE_AT_LEAST_ONE:
		name_columns(names, sizeof(names), rule);
		return cause_set(why, FAULT_VALUE,
		    N_("none of these columns has a value, one must: %s"),
		    names);
	case RULE_REQUIRED_WHEN:
		return cause_set(why, FAULT_VALUE,
		    N_("a value is required because of what stands in column "
		       "%s"),
		    column_name(rule->column[1]));
	case RULE_NOT_BEFORE:
		return cause_set(why, FAULT_VALUE,
		    N_("it is before the one in column %s"),
		    column_name(rule->column[1]));
	default:
		return cause_set(why, FAULT_VALUE,
		    N_("it is not equal to column %s"),
		    column_name(rule->column[1]));
	}
}

/* What the NIK says otherwise than another column. */
static enum fault
nik_cause(const struct rule *rule, enum rule_word word, struct cause *why)
{
	switch ((int)word) {
	case RULE_NIK_BIRTH_DATE:
		return cause_set(why, FAULT_VALUE,
		    N_("the NIK has another date of birth than column %s"),
		    column_name(rule->column[RULE_BIRTH_DATE]));
	case RULE_NIK_SEX:
		return cause_set(why, FAULT_VALUE,
		    N_("the NIK tells another sex than column %s"),
		    column_name(rule->column[RULE_SEX]));
	case RULE_NIK_REGION:
		return cause_set(why, FAULT_VALUE,
		    N_("the NIK tells another region than column %s"),
		    column_name(rule->column[RULE_REGION]));
	case RULE_NIK:
		return cause_set(why, FAULT_VALUE,
		    N_("a NIK has 16 digits, or 12 and four \"*\""));
	default:
		return cause_set(why, FAULT_VALUE,
		    N_("digits 7 to 10 of the NIK are no day and month"));
	}
}

static enum fault
identity_cause(enum rule_word word, struct cause *why)
{
	switch ((int)word) {
	case RULE_NKK:
		return cause_set(why, FAULT_VALUE,
		    N_("a family card number has 16 digits, or 12 and four "
		       "\"*\""));
	case RULE_NKK_DATE:
		return cause_set(why, FAULT_VALUE,
		    N_("digits 7 to 10 of the family card number are no day "
		       "and month"));
	case RULE_PASSPORT:
		return cause_set(why, FAULT_VALUE,
		    N_("a passport number has one or two capitals, then six or "
		       "seven digits"));
	case RULE_AREA_CODE:
		return cause_set(why, FAULT_VALUE,
		    N_("an area code has 2, 4, 6 or 10 digits, with a full "
		       "stop between all its parts or none"));
	case RULE_AREA_REGENCY:
		return cause_set(why, FAULT_VALUE,
		    N_("no regency or city has the third and fourth digit of "
		       "this area code"));
	case RULE_NIK_SERIAL:
	case RULE_NKK_SERIAL:
		return cause_set(
		    why, FAULT_VALUE, N_("the serial number is 0000"));
	default:
		return cause_set(
		    why, FAULT_VALUE, N_("it begins with no province's code"));
	}
}

enum fault
rule_cause(
    const struct rules *r, size_t at, enum rule_word word, struct cause *why)
{
	const struct rule *rule = &r->rule[at];

	if (word <= RULE_EQUAL)
		return across_cause(rule, word, why);
	if (word <= RULE_NIK_REGION && word != RULE_NIK_SERIAL &&
	    word != RULE_NIK_PROVINCE)
		return nik_cause(rule, word, why);
	return identity_cause(word, why);
}
