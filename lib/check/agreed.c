/*
 * agreed: a rule in the words of the agreement.  Whoever must mend a value is
 * told what it should be like without having to look for the paper.
 */
#include "check/agreed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Longer ones are left out, lists are cut: the place is named beside them. */
#define AGREED_MAX 120

static enum fault
keep(struct column *c, enum value_wrong rule, const char *text)
{
	if (text == NULL || text[0] == '\0' || strlen(text) > AGREED_MAX)
		return FAULT_NONE;
	free(c->agreed[rule]);
	c->agreed[rule] = strdup(text);
	return c->agreed[rule] == NULL ? FAULT_MEMORY : FAULT_NONE;
}

static const char *
word(const struct node *node, char number[32])
{
	if (node_type(node) == NODE_STRING)
		return node_string(node);
	if (node_type(node) != NODE_INTEGER)
		return NULL;
	(void)snprintf(number, 32, "%lld", (long long)node_integer(node));
	return number;
}

static enum fault
keep_list(struct column *c, enum value_wrong rule, const struct node *array)
{
	struct buf text = BUF_MAX(AGREED_MAX);
	const struct node *item = NULL;
	enum fault f = FAULT_NONE;
	char number[32];
	size_t i = 0, n = array == NULL ? 0 : node_count(array);

	for (i = 0; i < n; i++) {
		size_t before = text.len;
		const char *w = NULL;

		item = node_at(array, i);
		if (node_type(item) == NODE_OBJECT)
			item = node_get(item, "value");
		w = item == NULL ? NULL : word(item, number);
		/* One that is no word, or does not fit, ends the list. */
		if (w == NULL ||
		    buf_putf(&text, "%s%s", i > 0 ? ", " : "", w) !=
			FAULT_NONE ||
		    text.len > AGREED_MAX - 8) {
			text.len = before;
			if (text.data != NULL)
				text.data[before] = '\0';
			f = buf_puts(&text, ", ...");
			break;
		}
	}
	if (f == FAULT_NONE)
		f = keep(c, rule, buf_text(&text));
	buf_free(&text);
	return f;
}

/* "%d-%m-%Y" as people write it. */
static enum fault
keep_format(struct column *c, const char *format)
{
	static const char *const parts[128] = { ['d'] = "DD",
		['m'] = "MM",
		['Y'] = "YYYY",
		['H'] = "HH",
		['M'] = "MM",
		['S'] = "SS",
		['%'] = "%" };
	char text[AGREED_MAX + 8] = "";
	size_t n = 0;

	for (; *format != '\0' && n < AGREED_MAX; format++) {
		unsigned char next = (unsigned char)format[1];

		if (*format == '%' && next < 128 && parts[next] != NULL) {
			(void)snprintf(
			    text + n, sizeof(text) - n, "%s", parts[next]);
			n += strlen(parts[next]);
			format++;
		} else {
			text[n++] = *format;
			text[n] = '\0';
		}
	}
	return keep(c, VALUE_FORMAT, text);
}

static enum fault
keep_day(struct column *c, const struct node *field)
{
	const char *format = node_text(field, "format");

	if (format != NULL && strcmp(format, "default") != 0)
		return keep_format(c, format);
	switch (c->kind) {
	case COLUMN_DATE:
		return keep(c, VALUE_FORMAT, "YYYY-MM-DD");
	case COLUMN_DATETIME:
		return keep(c, VALUE_FORMAT, "YYYY-MM-DDTHH:MM:SSZ");
	case COLUMN_TIME:
		return keep(c, VALUE_FORMAT, "HH:MM:SS");
	case COLUMN_YEAR:
		return keep(c, VALUE_FORMAT, "YYYY");
	case COLUMN_YEARMONTH:
		return keep(c, VALUE_FORMAT, "YYYY-MM");
	case COLUMN_STRING:
	case COLUMN_INTEGER:
	case COLUMN_NUMBER:
	case COLUMN_BOOLEAN:
	case COLUMN_DURATION:
	default:
		return FAULT_NONE;
	}
}

enum fault
agreed_read(struct column *c, const struct node *field)
{
	static const struct {
		const char *member;
		enum value_wrong rule;
	} rules[] = { { "pattern", VALUE_PATTERN },
		{ "minimum", VALUE_MINIMUM }, { "maximum", VALUE_MAXIMUM },
		{ "exclusiveMinimum", VALUE_EXCLUSIVE_MINIMUM },
		{ "exclusiveMaximum", VALUE_EXCLUSIVE_MAXIMUM },
		{ "minLength", VALUE_MIN_LENGTH },
		{ "maxLength", VALUE_MAX_LENGTH } };
	const struct node *all = node_get(field, "constraints"), *one = NULL;
	enum fault f = keep_day(c, field);
	char number[32];
	size_t i = 0;

	if (f == FAULT_NONE)
		f = keep_list(
		    c, VALUE_CATEGORIES, node_get(field, "categories"));
	if (all == NULL)
		return f;
	if (f == FAULT_NONE)
		f = keep_list(c, VALUE_ENUM, node_get(all, "enum"));
	for (i = 0; f == FAULT_NONE && i < sizeof(rules) / sizeof(rules[0]);
	     i++)
		if ((one = node_get(all, rules[i].member)) != NULL)
			f = keep(c, rules[i].rule, word(one, number));
	return f;
}

void
agreed_free(struct column *c)
{
	size_t i = 0;

	for (i = 0; i < VALUE_WRONGS; i++)
		free(c->agreed[i]);
}

const char *
column_agreed(const struct column *c, enum value_wrong rule)
{
	return c->agreed[rule] == NULL ? "" : c->agreed[rule];
}
