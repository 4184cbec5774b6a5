/*
 * sample: a made-up extract for trials, from the paper alone.
 *
 * It appears under its name only when it is whole, and never in the place of a
 * file that is there: that may be the real one.
 */
#include "saksi.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "base/log.h"
#include "check/listing.h"
#include "check/sample.h"
#include "paper.h"

#define ROWS_DEFAULT 100
#define CHUNK (256 * KIB)
#define LIST_MAX (64 * KIB)

struct making {
	struct paper paper;
	const struct dataset *dataset;
	struct sample *sample;
	uint64_t rows;
	uint64_t seed;
	uint64_t bytes;
	const char *out; /* NULL: the screen */
	char part[PATH_MAX];
	char list[PATH_MAX]; /* of the faults */
	struct buf recoded;
};

/* ---- what is asked for ---- */

static enum fault
number(
    const struct cli *cli, const char *option, uint64_t *out, struct cause *why)
{
	const char *text = cli_value(cli, option);

	if (text == NULL)
		return FAULT_NONE;
	if (text[0] == '\0' || strlen(text) > 15 ||
	    strspn(text, "0123456789") != strlen(text))
		return cause_set(why, FAULT_USAGE,
		    N_("--%s wants a whole number, not %s"), option, text);
	*out = strtoull(text, NULL, 10);
	return FAULT_NONE;
}

static enum fault
read_options(struct making *m, const struct cli *cli, struct cause *why)
{
	enum fault f = FAULT_NONE;
	int n = 0;

	m->recoded.max = 4 * (CHUNK + 2 * SAMPLE_ROW_MAX);
	m->rows = ROWS_DEFAULT;
	m->seed = 1;
	m->out = cli_value(cli, "out");
	if ((f = number(cli, "rows", &m->rows, why)) != FAULT_NONE ||
	    (f = number(cli, "seed", &m->seed, why)) != FAULT_NONE)
		return f;
	if (m->rows == 0)
		return cause_set(
		    why, FAULT_USAGE, N_("--rows wants at least 1"));
	if (m->out == NULL && cli_value(cli, "faults") != NULL)
		return cause_set(why, FAULT_USAGE,
		    N_("--faults needs --out FILE; the list of faults goes "
		       "beside it"));
	if (m->out == NULL && cli_json(cli))
		return cause_set(why, FAULT_USAGE,
		    N_("with --json the sample itself needs --out FILE"));
	if (m->out == NULL)
		return FAULT_NONE;
	n = snprintf(m->part, sizeof(m->part), "%s.part", m->out);
	if (n > 0 && n < PATH_MAX)
		n = snprintf(m->list, sizeof(m->list), "%s.faults.csv", m->out);
	if (n < 0 || n >= PATH_MAX)
		return cause_set(why, FAULT_USAGE, N_("the path is too long"));
	if (faccessat(AT_FDCWD, m->out, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		cause_place(why, m->out, 0, NULL, UINT64_MAX);
		return cause_set(why, FAULT_EXISTS,
		    N_("a sample does not take the place of a file"));
	}
	return FAULT_NONE;
}

/* ID/DATASET of the home, or an agreement as paper_get reads it and DATASET. */
static enum fault
find(struct making *m, const struct cli *cli, struct cause *why)
{
	const char *word = cli_arg(cli, 0), *dataset = NULL;
	const char *slash = strchr(word, '/');
	char id[LIMIT_ID + 32] = "";
	enum fault f = FAULT_NONE;

	if (cli_count(cli) == 2) {
		dataset = cli_arg(cli, 1);
	} else {
		if (slash == NULL || (size_t)(slash - word) >= sizeof(id) ||
		    strchr(slash + 1, '/') != NULL)
			return cause_set(why, FAULT_USAGE,
			    N_("%s is not of the form AGREEMENT/DATASET"),
			    word);
		memcpy(id, word, (size_t)(slash - word));
		word = id;
		dataset = slash + 1;
	}
	if ((f = paper_get(&m->paper, cli, word, why)) != FAULT_NONE)
		return f;
	m->dataset = agreement_dataset(m->paper.agreement, dataset);
	if (m->dataset == NULL)
		return cause_set(why, FAULT_NO_DATASET,
		    N_("agreement %s has no data set %s"),
		    m->paper.agreement->id, dataset);
	return FAULT_NONE;
}

/* The data set's own text: what was compiled does not say how it was
 * written. */
static const struct node *
dataset_node(const struct agreement *a, const struct dataset *d)
{
	const struct node *list = node_get(doc_root(a->doc), "datasets");
	const char *id = NULL;
	size_t i = 0;

	for (i = 0; i < node_count(list); i++) {
		id = node_text(node_at(list, i), "id");
		if (id != NULL && strcmp(id, d->id) == 0)
			return node_at(list, i);
	}
	return NULL;
}

static enum fault
prepare(struct making *m, const struct cli *cli, struct cause *why)
{
	const struct dataset *d = m->dataset;
	const struct node *node = dataset_node(m->paper.agreement, d);
	char where[LIMIT_ID + 32];
	struct sample_job job = { node_get(node, "schema"), d->schema,
		&d->totals, node_get(node, "rules"), d->rules,
		node_get(node, "mask"), node_get(node, "only"), d->dialect.csv,
		where, m->rows, m->seed, cli_value(cli, "faults") != NULL };

	(void)snprintf(where, sizeof(where), "%s.schema", d->clause);
	if (d->max_rows > 0 && m->rows > d->max_rows) {
		cause_clause(why, "%s.limits.rows", d->clause);
		return cause_set(why, FAULT_USAGE,
		    N_("the agreement allows %llu rows a parcel"),
		    (unsigned long long)d->max_rows);
	}
	return sample_new(&m->sample, &job, why);
}

/* ---- writing ---- */

/* Whole rows in the encoding of the dialect, into m->recoded. */
static enum fault
recode(struct making *m, const struct buf *chunk, struct cause *why)
{
	enum recode_from to = m->dataset->dialect.encoding;
	iconv_t cd = iconv_open(recode_name(to), "UTF-8");
	char bytes[8192], *in = (char *)chunk->data, *out = NULL;
	size_t left = chunk->len, room = 0;
	enum fault f = FAULT_NONE;
	bool full = true;

	if (cd == (iconv_t)-1)
		return cause_system(why, "iconv_open", recode_name(to));
	m->recoded.len = 0;
	while (f == FAULT_NONE && full) {
		out = bytes;
		room = sizeof(bytes);
		full = iconv(cd, &in, &left, &out, &room) == (size_t)-1;
		if (full && errno != E2BIG)
			f = cause_set(why, FAULT_ENCODING,
			    N_("what the schema asks for cannot be written in "
			       "%s"),
			    recode_name(to));
		else if (buf_put(&m->recoded, bytes, sizeof(bytes) - room) !=
		    FAULT_NONE)
			f = cause_memory(why);
	}
	(void)iconv_close(cd);
	return f;
}

static enum fault
flush(struct making *m, int fd, struct buf *chunk, struct cause *why)
{
	const char *name = m->out == NULL ? "stdout" : m->part;
	const struct buf *bytes = chunk;
	enum fault f = FAULT_NONE;

	if (m->dataset->dialect.encoding != RECODE_UTF8) {
		f = recode(m, chunk, why);
		bytes = &m->recoded;
	}
	if (f == FAULT_NONE)
		f = io_write(fd, bytes->data, bytes->len, name, why);
	m->bytes += bytes->len;
	chunk->len = 0;
	if (f == FAULT_NONE && m->dataset->max_bytes > 0 &&
	    m->bytes > m->dataset->max_bytes) {
		cause_clause(why, "%s.limits.bytes", m->dataset->clause);
		return cause_set(why, FAULT_USAGE,
		    N_("so many rows are more than %llu bytes; ask for fewer "
		       "rows"),
		    (unsigned long long)m->dataset->max_bytes);
	}
	return f;
}

static enum fault
write_rows(struct making *m, int fd, struct cause *why)
{
	struct buf chunk = BUF_MAX(CHUNK + 2 * SAMPLE_ROW_MAX);
	enum fault f = sample_header(m->sample, &chunk, why);
	uint64_t i = 0;

	for (i = 0; f == FAULT_NONE && i < m->rows; i++) {
		f = sample_row(m->sample, i, &chunk, why);
		if (f == FAULT_NONE && chunk.len >= CHUNK)
			f = flush(m, fd, &chunk, why);
	}
	if (f == FAULT_NONE && chunk.len > 0)
		f = flush(m, fd, &chunk, why);
	buf_free(&chunk);
	return f;
}

/* row,column,rule of each fault, as "serah check" names them. */
static enum fault
write_list(const struct making *m, struct cause *why)
{
	struct buf list = BUF_MAX(LIST_MAX);
	const struct sample_fault *fault = NULL;
	size_t i = 0, n = sample_faults(m->sample, &fault);
	enum fault f = buf_puts(&list, "row,column,rule\n");

	for (i = 0; f == FAULT_NONE && i < n; i++) {
		const char *name = fault[i].column == SIZE_MAX
		    ? ""
		    : schema_name(m->dataset->schema, fault[i].column);

		f = buf_putf(&list, "%llu,", (unsigned long long)fault[i].row);
		if (f == FAULT_NONE)
			f = listing_text(&list, name);
		if (f == FAULT_NONE)
			f = buf_putf(&list, ",%s\n", fault[i].rule);
	}
	if (f != FAULT_NONE)
		f = cause_memory(why);
	else
		f = io_save(
		    AT_FDCWD, m->list, list.data, list.len, 0644, true, why);
	buf_free(&list);
	return f;
}

static enum fault
write_file(struct making *m, struct cause *why)
{
	int fd = open(m->part,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	const struct sample_fault *fault = NULL;
	enum fault f = FAULT_NONE;

	if (fd < 0)
		return cause_system(why, "open", m->part);
	f = write_rows(m, fd, why);
	if (f == FAULT_NONE && fsync(fd) != 0)
		f = cause_system(why, "fsync", m->part);
	(void)close(fd);
	if (f == FAULT_NONE && sample_faults(m->sample, &fault) > 0)
		f = write_list(m, why);
	if (f == FAULT_NONE)
		f = io_rename(AT_FDCWD, m->part, AT_FDCWD, m->out, why);
	if (f != FAULT_NONE)
		(void)unlink(m->part);
	return f;
}

static void
tell(const struct making *m, const struct cli *cli)
{
	const struct sample_fault *fault = NULL;
	size_t n = sample_faults(m->sample, &fault);
	char quoted[PATH_MAX];
	struct writer *w = NULL;

	if (cli_json(cli) && (w = cli_object()) != NULL) {
		writer_string(w, "result", "sample");
		writer_string(w, "agreement", m->paper.agreement->id);
		writer_integer(
		    w, "version", (int64_t)m->paper.agreement->version);
		writer_string(w, "dataset", m->dataset->id);
		writer_integer(w, "rows", (int64_t)m->rows);
		writer_integer(w, "bytes", (int64_t)m->bytes);
		writer_integer(w, "seed", (int64_t)m->seed);
		writer_integer(w, "faults", (int64_t)n);
		cli_print(w);
		return;
	}
	if (m->out == NULL || cli_quiet(cli))
		return;
	(void)printf(_("%s: %llu rows, %llu bytes, all made up\n"),
	    log_quote(quoted, sizeof(quoted), m->out),
	    (unsigned long long)m->rows, (unsigned long long)m->bytes);
	if (n > 0)
		(void)printf(_("%s: %zu faults that a check must find\n"),
		    log_quote(quoted, sizeof(quoted), m->list), n);
}

enum exit_status
saksi_agreement_sample(struct cli *cli)
{
	struct making *m = calloc(1, sizeof(*m));
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	if (m == NULL) {
		f = cause_memory(&why);
		goto out;
	}
	if ((f = read_options(m, cli, &why)) != FAULT_NONE ||
	    (f = find(m, cli, &why)) != FAULT_NONE ||
	    (f = prepare(m, cli, &why)) != FAULT_NONE)
		goto out;
	f = m->out == NULL ? write_rows(m, STDOUT_FILENO, &why)
			   : write_file(m, &why);
	if (f == FAULT_NONE)
		tell(m, cli);
out:
	if (m != NULL) {
		buf_free(&m->recoded);
		sample_free(m->sample);
		paper_free(&m->paper);
	}
	free(m);
	return f == FAULT_NONE ? EXIT_STATUS_DONE : cli_fail(cli, &why);
}
