/*
 * conf: reads serahterima.conf.
 *
 * One table says which key may stand where and what it holds; the parser, the
 * check for missing keys and the "did you mean" all read it, so that they
 * cannot drift apart.  Values never enter a cause: a proxy's address may hold
 * a password.
 */
#include "conf/conf.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/path.h"
#include "text/utf8.h"

/* Far more drops and folders than one party has; bounds what a bad file costs.
 */
#define SECTIONS_MAX 1024
/* A line is a key and a value. */
#define LINE_MAX_LEN (CONF_VALUE_MAX + 128)
/* Names longer than this are no misspelling of ours. */
#define NAME_MAX_LEN 32
#define SETTLE_DEFAULT 60
#define SETTLE_MAX 604800
#define LEVEL_MAX 19

enum place { PLACE_TOP, PLACE_DROP, PLACE_WATCH };
enum kind {
	KIND_ID,
	KIND_USER,
	KIND_PATH,
	KIND_URL,
	KIND_PROXY,
	KIND_YESNO,
	KIND_LEVEL,
	KIND_SECONDS
};

struct rule {
	const char *name;
	enum place place;
	enum kind kind;
	bool required;
	size_t at; /* offset in the struct of its place */
};

static const struct rule rules[] = {
	{ "party", PLACE_TOP, KIND_ID, true, offsetof(struct conf, party) },
	{ "keep_payload", PLACE_TOP, KIND_YESNO, false,
	    offsetof(struct conf, keep_payload) },
	{ "level", PLACE_TOP, KIND_LEVEL, false, offsetof(struct conf, level) },
	{ "user", PLACE_DROP, KIND_USER, false,
	    offsetof(struct conf_drop, user) },
	{ "ssh_key", PLACE_DROP, KIND_PATH, false,
	    offsetof(struct conf_drop, ssh_key) },
	{ "url", PLACE_DROP, KIND_URL, false, offsetof(struct conf_drop, url) },
	{ "proxy", PLACE_DROP, KIND_PROXY, false,
	    offsetof(struct conf_drop, proxy) },
	{ "agreement", PLACE_WATCH, KIND_ID, true,
	    offsetof(struct conf_watch, agreement) },
	{ "dataset", PLACE_WATCH, KIND_ID, true,
	    offsetof(struct conf_watch, dataset) },
	{ "settle", PLACE_WATCH, KIND_SECONDS, false,
	    offsetof(struct conf_watch, settle) },
};
#define N_RULES (sizeof(rules) / sizeof(rules[0]))

struct parser {
	struct conf *conf;
	const char *file;
	struct cause *why;
	unsigned line;
	enum place place;
	unsigned section_line; /* where the section began */
	unsigned seen;         /* a bit for each rule met in this section */
	/* Drops and watches by name: their indices in that order. */
	uint16_t order[PLACE_WATCH + 1][SECTIONS_MAX];
};

/* Puts the place into the cause; the sentence names it once more, because
 * people search for "file:line". */
static void
point(const struct parser *p, unsigned line)
{
	cause_place(p->why, p->file, line, NULL, UINT64_MAX);
}

/* Number of insertions, deletions and replacements that make b of a. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LEN + 1] = { 0 };
	size_t la = strlen(a), lb = strlen(b);

	if (la > NAME_MAX_LEN || lb > NAME_MAX_LEN)
		return SIZE_MAX;
	for (size_t k = 0; k <= lb; k++)
		row[k] = k;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= lb; k++) {
			size_t best = diagonal + (a[i - 1] != b[k - 1]);

			diagonal = row[k];
			if (row[k] + 1 < best)
				best = row[k] + 1;
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			row[k] = best;
		}
	}
	return row[lb];
}

/* The key of this section that the writer most likely meant, or NULL. */
static const char *
nearest(enum place place, const char *key)
{
	const char *found = NULL;
	size_t best = 3;

	for (size_t i = 0; i < N_RULES; i++) {
		size_t d = 0;

		if (rules[i].place != place)
			continue;
		d = distance(key, rules[i].name);
		if (d < best) {
			best = d;
			found = rules[i].name;
		}
	}
	return found;
}

static enum fault
unknown_key(const struct parser *p, const char *key)
{
	const char *meant = nearest(p->place, key);
	enum place home = p->place;

	for (size_t i = 0; i < N_RULES; i++)
		if (strcmp(rules[i].name, key) == 0)
			home = rules[i].place;
	point(p, p->line);
	/* A known key in the wrong place is the commoner slip: say where it
	 * goes, not what it resembles. */
	if (home == PLACE_TOP && p->place != PLACE_TOP)
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: key '%s' belongs before the first section"),
		    p->file, p->line, key);
	if (home != p->place)
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: key '%s' belongs in a section [%s]"), p->file,
		    p->line, key,
		    home == PLACE_DROP ? "drop ID" : "watch NAME");
	if (meant != NULL)
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: unknown key '%s'; did you mean '%s'?"), p->file,
		    p->line, key, meant);
	return cause_set(p->why, FAULT_CONF, N_("%s:%u: unknown key '%s'"),
	    p->file, p->line, key);
}

/* A whole sentence for each kind, so that it can be translated. */
static enum fault
bad_value(const struct parser *p, const char *key, enum kind kind)
{
	struct cause *why = p->why;

	point(p, p->line);
	switch (kind) {
	case KIND_ID:
		return cause_set(why, FAULT_CONF,
		    N_("%s:%u: bad value of '%s': wanted are at most 64 "
		       "letters, digits, '.', '_' and '-'"),
		    p->file, p->line, key);
	case KIND_USER:
		return cause_set(why, FAULT_CONF,
		    N_("%s:%u: bad value of '%s': wanted is a user name "
		       "without ':', '/' and '@'"),
		    p->file, p->line, key);
	case KIND_PATH:
		return cause_set(why, FAULT_CONF,
		    N_("%s:%u: bad value of '%s': wanted is a path, without "
		       "quotes"),
		    p->file, p->line, key);
	case KIND_URL:
		return cause_set(why, FAULT_CONF,
		    N_("%s:%u: bad value of '%s': wanted is sftp://host/path "
		       "or file:///path"),
		    p->file, p->line, key);
	case KIND_PROXY:
		return cause_set(why, FAULT_CONF,
		    N_("%s:%u: bad value of '%s': wanted is http://host:port "
		       "or socks5h://host:port"),
		    p->file, p->line, key);
	case KIND_YESNO:
		return cause_set(why, FAULT_CONF,
		    N_("%s:%u: bad value of '%s': wanted is yes or no"),
		    p->file, p->line, key);
	case KIND_LEVEL:
		return cause_set(why, FAULT_CONF,
		    N_("%s:%u: bad value of '%s': wanted is a number from 1 "
		       "to %d"),
		    p->file, p->line, key, LEVEL_MAX);
	case KIND_SECONDS:
		break;
	}
	return cause_set(why, FAULT_CONF,
	    N_("%s:%u: bad value of '%s': wanted are seconds, from 1 to %d"),
	    p->file, p->line, key, SETTLE_MAX);
}

/* Decimal digits only: strtol would take blanks, signs and hexadecimal. */
static bool
take_number(long *out, const char *value, long max)
{
	long n = 0;

	if (*value == '\0' || strlen(value) > 9)
		return false;
	for (; *value != '\0'; value++) {
		if (*value < '0' || *value > '9')
			return false;
		n = n * 10 + (*value - '0');
	}
	*out = n;
	return n >= 1 && n <= max;
}

static bool
take_text(char *out, size_t cap, const char *value)
{
	size_t len = strlen(value);

	if (len == 0 || len >= cap)
		return false;
	memcpy(out, value, len + 1);
	return true;
}

static bool
begins(const char *text, const char *with)
{
	size_t len = strlen(with);

	return strncmp(text, with, len) == 0 && text[len] != '\0';
}

/* Stores the value at "at"; false if it is none of the kind. */
static bool
take(enum kind kind, void *at, const char *value)
{
	long n = 0;

	/* Nothing here is quoted; a quote would become part of the name. */
	if (value[0] == '"' || value[0] == '\'')
		return false;
	switch (kind) {
	case KIND_ID:
		return path_id_ok(value) && take_text(at, LIMIT_ID + 1, value);
	case KIND_USER:
		return strpbrk(value, ":/@ \t") == NULL &&
		    take_text(at, LIMIT_ID + 1, value);
	case KIND_PATH:
		return take_text(at, CONF_VALUE_MAX, value);
	case KIND_URL:
		return (begins(value, "sftp://") ||
			   begins(value, "file:///")) &&
		    take_text(at, CONF_VALUE_MAX, value);
	case KIND_PROXY:
		return (begins(value, "http://") ||
			   begins(value, "socks5h://")) &&
		    take_text(at, CONF_VALUE_MAX, value);
	case KIND_YESNO:
		*(bool *)at = strcmp(value, "yes") == 0;
		return *(bool *)at || strcmp(value, "no") == 0;
	case KIND_LEVEL:
		if (!take_number(&n, value, LEVEL_MAX))
			return false;
		*(int *)at = (int)n;
		return true;
	case KIND_SECONDS:
		return take_number(at, value, SETTLE_MAX);
	}
	return false;
}

/* The struct that the current section fills: always the last of its array. */
static void *
target(const struct parser *p)
{
	if (p->place == PLACE_DROP)
		return &p->conf->drops[p->conf->n_drops - 1];
	if (p->place == PLACE_WATCH)
		return &p->conf->watches[p->conf->n_watches - 1];
	return p->conf;
}

static enum fault
take_key(struct parser *p, const char *key, const char *value)
{
	size_t i = 0;

	while (i < N_RULES &&
	    (rules[i].place != p->place || strcmp(rules[i].name, key) != 0))
		i++;
	if (i == N_RULES)
		return unknown_key(p, key);
	if ((p->seen & 1U << i) != 0) {
		point(p, p->line);
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: key '%s' is given twice"), p->file, p->line,
		    key);
	}
	p->seen |= 1U << i;
	if (take(rules[i].kind, (char *)target(p) + rules[i].at, value))
		return FAULT_NONE;
	return bad_value(p, key, rules[i].kind);
}

/* The section ends: every required key must have been there. */
static enum fault
section_end(const struct parser *p)
{
	for (size_t i = 0; i < N_RULES; i++) {
		if (rules[i].place != p->place || !rules[i].required ||
		    (p->seen & 1U << i) != 0)
			continue;
		point(p, p->section_line);
		if (p->place == PLACE_TOP)
			return cause_set(p->why, FAULT_CONF,
			    N_("%s: key '%s' is missing"), p->file,
			    rules[i].name);
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: this section lacks the key '%s'"), p->file,
		    p->section_line, rules[i].name);
	}
	return FAULT_NONE;
}

/* Whether the section is there already; *at is where its name belongs among
 * those of its kind. */
static bool
section_known(
    const struct parser *p, enum place place, const char *id, size_t *at)
{
	const struct conf *c = p->conf;
	size_t low = 0;
	size_t high = place == PLACE_DROP ? c->n_drops : c->n_watches;

	while (low < high) {
		size_t middle = (low + high) / 2;
		size_t i = p->order[place][middle];
		int order = strcmp(id,
		    place == PLACE_DROP ? c->drops[i].id : c->watches[i].name);

		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	*at = low;
	return false;
}

/* Number n of its kind takes its place among the names. */
static void
section_order(struct parser *p, enum place place, size_t at, size_t n)
{
	uint16_t *order = p->order[place];

	memmove(order + at + 1, order + at, (n - at) * sizeof(*order));
	order[at] = (uint16_t)n;
}

/* One more element of size bytes behind n, zeroed.  Space doubles: moved once a
 * section, drops of some 3 KiB would cost their number squared. */
static bool
grow(void *list, size_t n, size_t size)
{
	void *all = NULL;

	memcpy(&all, list, sizeof(all));
	if ((n & (n - 1)) == 0) {
		all = reallocarray(all, n == 0 ? 1 : 2 * n, size);
		if (all == NULL)
			return false;
		memcpy(list, &all, sizeof(all));
	}
	memset((char *)all + n * size, 0, size);
	return true;
}

/* Room for one more section, filled with zeros and the defaults. */
static enum fault
section_add(struct parser *p, enum place place, const char *id, size_t at)
{
	struct conf *c = p->conf;

	if (place == PLACE_DROP) {
		if (!grow(&c->drops, c->n_drops, sizeof(*c->drops)))
			return cause_memory(p->why);
		section_order(p, place, at, c->n_drops);
		memcpy(c->drops[c->n_drops++].id, id, strlen(id) + 1);
	} else {
		if (!grow(&c->watches, c->n_watches, sizeof(*c->watches)))
			return cause_memory(p->why);
		section_order(p, place, at, c->n_watches);
		c->watches[c->n_watches].settle = SETTLE_DEFAULT;
		memcpy(c->watches[c->n_watches++].name, id, strlen(id) + 1);
	}
	p->place = place;
	p->section_line = p->line;
	p->seen = 0;
	return FAULT_NONE;
}

/* Why the section "[text id]" cannot begin here; FAULT_NONE when it can, and
 * then *at is where its name belongs. */
static enum fault
section_wrong(const struct parser *p, enum place place, const char *text,
    const char *id, size_t *at)
{
	if (place == PLACE_TOP)
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: unknown section [%s]; there are [drop ID] and "
		       "[watch NAME]"),
		    p->file, p->line, text);
	if (!path_id_ok(id))
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: section [%s] needs one name of letters, digits, "
		       "'.', '_' and '-'"),
		    p->file, p->line, text);
	if (section_known(p, place, id, at))
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: section [%s %s] is given twice"), p->file,
		    p->line, text, id);
	if (p->conf->n_drops + p->conf->n_watches >= SECTIONS_MAX)
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: more than %d sections"), p->file, p->line,
		    SECTIONS_MAX);
	return FAULT_NONE;
}

/* "text" is what stands between the brackets. */
static enum fault
take_section(struct parser *p, char *text)
{
	enum fault f = section_end(p);
	enum place place = PLACE_TOP;
	char *id = NULL;
	size_t at = 0;

	if (f != FAULT_NONE)
		return f;
	id = text + strcspn(text, " \t");
	if (*id != '\0')
		*id++ = '\0';
	id += strspn(id, " \t");
	if (strcmp(text, "drop") == 0)
		place = PLACE_DROP;
	else if (strcmp(text, "watch") == 0)
		place = PLACE_WATCH;
	f = section_wrong(p, place, text, id, &at);
	if (f != FAULT_NONE) {
		point(p, p->line);
		return f;
	}
	return section_add(p, place, id, at);
}

/* Cuts blanks off both ends, in place. */
static char *
trim(char *text)
{
	size_t len = 0;

	text += strspn(text, " \t\r");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
		len--;
	text[len] = '\0';
	return text;
}

static enum fault
take_line(struct parser *p, char *line)
{
	char *text = trim(line);
	size_t len = strlen(text);
	char *value = NULL;

	if (len == 0 || text[0] == '#' || text[0] == ';')
		return FAULT_NONE;
	if (text[0] == '[' && text[len - 1] == ']') {
		text[len - 1] = '\0';
		return take_section(p, trim(text + 1));
	}
	value = strchr(text, '=');
	if (text[0] == '[' || value == NULL || value == text) {
		point(p, p->line);
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: neither 'key = value' nor a section"), p->file,
		    p->line);
	}
	*value++ = '\0';
	return take_key(p, trim(text), trim(value));
}

/* Copies the next line out; what cannot be text never reaches the rules. */
static enum fault
next_line(
    struct parser *p, const char **at, const char *end, char line[LINE_MAX_LEN])
{
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	size_t len = (size_t)((stop != NULL ? stop : end) - *at);
	bool text = true;

	p->line++;
	if (len >= LINE_MAX_LEN) {
		point(p, p->line);
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: line is too long"), p->file, p->line);
	}
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)(*at)[i];

		if ((byte < ' ' && byte != '\t' && byte != '\r') ||
		    byte == 0x7f)
			text = false;
	}
	if (!text || utf8_valid(*at, len) != len) {
		point(p, p->line);
		return cause_set(p->why, FAULT_CONF,
		    N_("%s:%u: control bytes or no UTF-8"), p->file, p->line);
	}
	memcpy(line, *at, len);
	line[len] = '\0';
	*at = stop != NULL ? stop + 1 : end;
	return FAULT_NONE;
}

enum fault
conf_parse(struct conf **out, const char *bytes, size_t len, const char *file,
    struct cause *why)
{
	struct parser p = { .file = file, .why = why };
	char line[LINE_MAX_LEN] = "";
	const char *at = bytes, *end = bytes + len;
	enum fault f = FAULT_NONE;

	*out = NULL;
	if (len > LIMIT_CONF)
		return cause_set(why, FAULT_CONF,
		    N_("%s: larger than %lu bytes"), file, LIMIT_CONF);
	p.conf = calloc(1, sizeof(*p.conf));
	if (p.conf == NULL)
		return cause_memory(why);
	p.conf->level = 1;
	/* Editors of another system begin UTF-8 files with a mark. */
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	while (at < end) {
		f = next_line(&p, &at, end, line);
		if (f == FAULT_NONE)
			f = take_line(&p, line);
		if (f != FAULT_NONE)
			goto out;
	}
	f = section_end(&p);
out:
	if (f != FAULT_NONE)
		conf_free(p.conf);
	else
		*out = p.conf;
	return f;
}

void
conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	free(c->drops);
	free(c->watches);
	free(c);
}

const struct conf_drop *
conf_drop(const struct conf *c, const char *id)
{
	for (size_t i = 0; i < c->n_drops; i++)
		if (strcmp(c->drops[i].id, id) == 0)
			return &c->drops[i];
	return NULL;
}
