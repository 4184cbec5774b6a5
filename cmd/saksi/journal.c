/*
 * journal: prove it, read it, rebuild its index.
 */
#include "saksi.h"

#include <stdio.h>
#include <string.h>

#include "base/intl.h"
#include "base/log.h"
#include "desk.h"

enum exit_status
saksi_journal_verify(struct cli *cli)
{
	struct journal_head head;
	struct home *home = NULL;
	struct writer *w;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = home_open(&home, cli_home(cli), &why)) != FAULT_NONE ||
	    (f = journal_verify(home, &head, &why)) != FAULT_NONE)
		goto out;
	if (cli_json(cli) && (w = cli_object()) != NULL) {
		writer_string(w, "result", "ok");
		writer_integer(w, "entries", (int64_t)head.entries);
		writer_string(w, "head", head.hash);
		cli_print(w);
	} else if (!cli_quiet(cli))
		(void)printf(_("journal whole: %llu entries, head %s\n"),
		    (unsigned long long)head.entries, head.hash);
out:
	home_close(home);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}

static bool
wanted(const struct cli *cli, const struct journal_entry *e)
{
	const char *subject = cli_value(cli, "subject");
	const char *event = cli_value(cli, "event");

	return (subject == NULL || strcmp(subject, e->subject) == 0) &&
	    (event == NULL || strcmp(event, e->event) == 0);
}

/* The members an entry has beyond those every entry has. */
static void
print_members(const struct node *root)
{
	static const char *const common[] = { "n", "time", "event", "subject",
		"prev" };
	const struct node *value = NULL;
	const char *key = NULL;
	char quoted[512], name[64];
	void *it = NULL;
	size_t i;

	while (node_each(root, &it, &key, &value)) {
		for (i = 0; i < sizeof(common) / sizeof(common[0]); i++)
			if (strcmp(key, common[i]) == 0)
				break;
		if (i < sizeof(common) / sizeof(common[0]))
			continue;
		if (node_type(value) == NODE_INTEGER)
			(void)printf(" %s=%lld",
			    log_quote(name, sizeof(name), key),
			    (long long)node_integer(value));
		else if (node_type(value) == NODE_STRING)
			(void)printf(" %s=%s",
			    log_quote(name, sizeof(name), key),
			    log_quote(
				quoted, sizeof(quoted), node_string(value)));
	}
}

/* The line itself: what was hashed is what is shown.  One that this program
 * did not write may hold what a screen must not see; it is told in other
 * bytes. */
static void
print_line(const struct journal_entry *e)
{
	struct buf text = BUF_MAX(8 * LIMIT_JOURNAL_LINE);
	struct writer *w = NULL;
	size_t i = 0, n = 1;

	for (; i < e->len && n > 0; i += n)
		n = log_shown(e->line + i);
	if (n > 0) {
		(void)printf("%s\n", e->line);
		return;
	}
	if (writer_new(&w, false) != FAULT_NONE)
		return;
	writer_node(w, NULL, doc_root(e->doc));
	if (writer_finish(w, &text) == FAULT_NONE)
		(void)printf("%s\n", buf_text(&text));
	writer_free(w);
	buf_free(&text);
}

static void
print_entry(const struct cli *cli, const struct journal_entry *e)
{
	char event[sizeof(e->event)], subject[sizeof(e->subject)];

	if (cli_json(cli)) {
		print_line(e);
		return;
	}
	(void)printf("%6llu  %s  %-12s %s", (unsigned long long)e->n, e->time,
	    log_quote(event, sizeof(event), e->event),
	    log_quote(subject, sizeof(subject), e->subject));
	print_members(doc_root(e->doc));
	(void)printf("\n");
}

enum exit_status
saksi_journal_show(struct cli *cli)
{
	struct journal_walk *walk = NULL;
	struct journal_entry e;
	struct home *home = NULL;
	struct cause why;
	enum fault f;
	int end = 0;

	cause_clear(&why);
	if ((f = home_open(&home, cli_home(cli), &why)) != FAULT_NONE ||
	    (f = journal_walk_new(&walk, home, 1, &why)) != FAULT_NONE)
		goto out;
	while ((f = journal_walk_next(walk, &e, &end, &why)) == FAULT_NONE &&
	    !end) {
		if (wanted(cli, &e))
			print_entry(cli, &e);
		journal_entry_free(&e);
	}
out:
	journal_walk_free(walk);
	home_close(home);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}

enum exit_status
saksi_journal_index(struct cli *cli)
{
	struct home *home = NULL;
	uint64_t entries = 0;
	struct writer *w;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = home_open(&home, cli_home(cli), &why)) != FAULT_NONE ||
	    (f = index_rebuild(home, &entries, &why)) != FAULT_NONE)
		goto out;
	if (cli_json(cli) && (w = cli_object()) != NULL) {
		writer_string(w, "result", "ok");
		writer_integer(w, "entries", (int64_t)entries);
		cli_print(w);
	} else if (!cli_quiet(cli))
		(void)printf(_("index rebuilt from %llu entries\n"),
		    (unsigned long long)entries);
out:
	home_close(home);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
