/*
 * opening: payload -> unseal (a thread) -> unzstd, untar -> hash, file, table
 * check (threads) -> the same page the sender made, from our own counts.
 */
#include "opening.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "base/pump.h"
#include "check/project.h"
#include "check/table.h"
#include "envelope/unseal.h"
#include "pack/unpack.h"
#include "record/dataset.h"
#include "sys/process.h"

#define OPENING_BLOCK (256 * 1024)

/* The stages, from the payload's file to the archive's members. */
struct line {
	struct io_file file;
	struct unseal *unseal;
	struct pump *pump;
	struct unpack *unpack;
};

static void
line_close(struct line *l)
{
	unpack_free(l->unpack);
	pump_free(l->pump);
	unseal_free(l->unseal);
}

static enum fault
line_open(struct line *l, const struct opening *o, struct cause *why)
{
	const struct manifest *m = o->manifest;
	/* One more than there may be, so that it is found by name, not as a
	 * matter of size. */
	struct unpack_limits limits = { m->unpacked_bytes,
		(size_t)m->files + 2 };
	enum fault f;

	memset(l, 0, sizeof(*l));
	l->file = (struct io_file){ o->payload, "payload" };
	if (m->files > LIMIT_FILES)
		return cause_set(
		    why, FAULT_LARGER, N_("more than %d files"), LIMIT_FILES);
	if ((f = unseal_new(&l->unseal, io_source(&l->file), o->identity,
		 why)) != FAULT_NONE)
		return f;
	/* A recipient added or dropped on the way would show here. */
	if (unseal_stanzas(l->unseal) != m->n_payload_recipients)
		return cause_set(why, FAULT_DECRYPT,
		    N_("sealed to %zu recipients, the manifest names %zu"),
		    unseal_stanzas(l->unseal), m->n_payload_recipients);
	if ((f = pump_source_new(&l->pump, unseal_source(l->unseal), why)) !=
	    FAULT_NONE)
		return f;
	return unpack_new(&l->unpack, pump_source(l->pump), &limits, why);
}

/* ---- contents.json ---- */

static enum fault
next_member(struct line *l, const char *name, uint64_t max,
    struct unpack_member *member, struct cause *why)
{
	bool end = false;
	enum fault f;

	if ((f = unpack_next(l->unpack, member, &end, why)) != FAULT_NONE)
		return f;
	cause_place(why, name, 0, NULL, UINT64_MAX);
	if (end || strcmp(member->name, name) != 0)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the archive does not hold it where it must be"));
	if (member->size > max)
		return cause_set(why, FAULT_LARGER,
		    N_("%llu bytes, and %llu are declared"),
		    (unsigned long long)member->size, (unsigned long long)max);
	return FAULT_NONE;
}

static enum fault
read_page(struct line *l, const struct manifest *m, struct contents **out,
    struct cause *why)
{
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	char sha256[HASH_TEXT_LEN], block[4096];
	struct unpack_member member;
	size_t got = 0;
	enum fault f;

	f = next_member(l, CONTENTS_NAME, LIMIT_CONTENTS, &member, why);
	while (f == FAULT_NONE) {
		f = unpack_read(l->unpack, block, sizeof(block), &got, why);
		if (f != FAULT_NONE || got == 0)
			break;
		if (buf_put(&page, block, got) != FAULT_NONE)
			f = cause_memory(why);
	}
	if (f == FAULT_NONE &&
	    hash_bytes_text(sha256, page.data, page.len) != FAULT_NONE)
		f = cause_memory(why);
	if (f == FAULT_NONE && !hash_text_equal(sha256, m->contents_sha256))
		f = cause_set(why, FAULT_TOTALS,
		    N_("it is not the one the manifest names"));
	if (f == FAULT_NONE)
		f = contents_parse(out, page.data, page.len, why);
	if (f == FAULT_FORMAT)
		f = why->fault = FAULT_ARCHIVE;
	if (f == FAULT_NONE && (*out)->n != m->files)
		f = cause_set(why, FAULT_TOTALS,
		    N_("it names %zu files, the manifest %llu"), (*out)->n,
		    (unsigned long long)m->files);
	buf_free(&page);
	return f;
}

/* ---- data files ---- */

/* Where one file's bytes go: hash, disk and table at once. */
struct pour {
	struct stage_draft *draft;
	struct table *table;
	struct project *proof; /* masks and rows are as agreed; or NULL */
	struct hash *hash;
	uint64_t bytes;
};

static enum fault
pour_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct pour *p = self;
	enum fault f;

	hash_add(p->hash, bytes, len);
	p->bytes += len;
	if ((f = stage_write(p->draft, bytes, len, why)) != FAULT_NONE)
		return f;
	if (p->proof != NULL &&
	    (f = project_write(p->proof, bytes, len, why)) != FAULT_NONE)
		return f;
	return table_write(p->table, bytes, len, why);
}

static enum fault
proof_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	/* A proof writes nothing. */
	(void)self;
	(void)bytes;
	(void)len;
	(void)why;
	return FAULT_NONE;
}

/* The sender has masked and chosen; what can still be seen of that is looked
 * at. */
static enum fault
open_proof(struct project **out, const struct dataset *d, const char *file,
    struct cause *why)
{
	struct project_job job = { &d->projection, d->schema,
		dataset_staged_dialect(d), file, d->clause, NULL, NULL, 1, 0,
		true };

	*out = NULL;
	if (!projection_shows(&d->projection))
		return FAULT_NONE;
	return project_new(out, &job, (struct sink){ proof_write, NULL }, why);
}

/* The member's bytes into the pump; its end is the member's. */
static enum fault
pour_member(struct line *l, struct sink into, char *block, struct cause *why)
{
	size_t got = 0;
	enum fault f;

	for (;;) {
		if (process_interrupted)
			return cause_set(why, FAULT_INTERRUPTED, "%s", "");
		f = unpack_read(l->unpack, block, OPENING_BLOCK, &got, why);
		if (f != FAULT_NONE || got == 0)
			return f;
		if ((f = into.write(into.self, block, got, why)) != FAULT_NONE)
			return f;
	}
}

/* Unpacking here, hashing, writing and cutting rows on a thread beside. */
static enum fault
pour(struct opening *o, struct line *l, struct table *table,
    struct contents_file *counted, struct cause *why)
{
	struct pour p = { o->draft, table, NULL, NULL, 0 };
	char *block = malloc(OPENING_BLOCK);
	struct pump *pump = NULL;
	enum fault f;

	if (block == NULL || hash_new(&p.hash) != FAULT_NONE) {
		free(block);
		return cause_memory(why);
	}
	f = open_proof(&p.proof, o->dataset, counted->name, why);
	if (f == FAULT_NONE)
		f = pump_sink_new(&pump, (struct sink){ pour_write, &p }, why);
	if (f == FAULT_NONE &&
	    (f = pour_member(l, pump_sink(pump), block, why)) == FAULT_NONE)
		f = pump_finish(pump, why);
	/* The pump's thread uses all of them: it must end first. */
	pump_free(pump);
	if (f == FAULT_NONE && p.proof != NULL)
		f = project_end(p.proof, why);
	project_free(p.proof);
	counted->bytes = p.bytes;
	hash_finish_text(p.hash, counted->sha256);
	hash_free(p.hash);
	free(block);
	return f;
}

/* Ends the table; it reads the draft "anew" where keys did not ascend, and
 * again to settle two equal hashes. */
static enum fault
settle(struct opening *o, struct table *table, struct io_file *anew,
    struct contents_file *counted, struct cause *why)
{
	struct io_file again = { -1, counted->name };
	enum fault f;

	f = stage_reopen(o->draft, counted->name, &anew->fd, why);
	if (f == FAULT_NONE)
		f = stage_reopen(o->draft, counted->name, &again.fd, why);
	if (f == FAULT_NONE)
		f = table_finish(table, io_source(&again), why);
	if (anew->fd >= 0)
		(void)close(anew->fd);
	if (again.fd >= 0)
		(void)close(again.fd);
	if (f != FAULT_NONE)
		return f;
	counted->rows = table_rows(table);
	table_totals(table, &counted->totals);
	table_warned(table, &counted->warnings);
	counted->keyed = table_keyed(table);
	return FAULT_NONE;
}

/* For the refusal: as the sender is told by its own check. */
static void
keep_faults(struct opening *o, const struct table *table)
{
	const struct table_count *counts = NULL;
	const struct cause *causes = NULL;
	size_t n = table_counts(table, &counts);

	faults_count(&o->faults, table_faults(table), counts, n);
	n = table_causes(table, &causes);
	faults_first(&o->faults, causes, n);
}

static enum fault
open_file(struct opening *o, struct line *l, const struct contents_file *told,
    struct contents_file *counted, struct cause *why)
{
	const struct dataset *d = o->dataset;
	struct table_job job = { .schema = d->schema,
		.dialect = dataset_staged_dialect(d),
		.totals = &d->totals,
		.rules = d->rules,
		.lists = o->lists,
		.file = told->name,
		.clause = d->clause,
		.max_rows = d->max_rows,
		.max_faults = FAULTS_PLACES };
	/* Open when it is whole. */
	struct io_file anew = { -1, told->name };
	struct unpack_member member;
	struct table *table = NULL;
	enum fault f;

	memcpy(counted->name, told->name, sizeof(counted->name));
	if ((f = next_member(l, told->name, told->bytes, &member, why)) !=
		FAULT_NONE ||
	    (f = table_new(&table, &job, why)) != FAULT_NONE)
		goto out;
	table_sorted(table, io_source(&anew));
	table_spill(table, o->draft->dir, LIMIT_KEYS_MEMORY);
	if ((f = stage_file(o->draft, told->name, why)) != FAULT_NONE ||
	    (f = pour(o, l, table, counted, why)) != FAULT_NONE ||
	    (f = stage_file_end(o->draft, why)) != FAULT_NONE)
		goto out;
	/* Other bytes than told: the rows need no look. */
	cause_place(why, told->name, 0, NULL, UINT64_MAX);
	if (!hash_text_equal(counted->sha256, told->sha256)) {
		f = cause_set(why, FAULT_TOTALS,
		    N_("its hash is not the one in contents.json"));
		goto out;
	}
	f = settle(o, table, &anew, counted, why);
out:
	if (f != FAULT_NONE && table != NULL)
		keep_faults(o, table);
	table_free(table);
	return f;
}

static enum fault
open_files(struct opening *o, struct line *l, const struct contents *told,
    struct contents *counted, struct cause *why)
{
	struct unpack_member member;
	enum fault f = FAULT_NONE;
	bool end = false;
	size_t i;

	for (i = 0; f == FAULT_NONE && i < told->n; i++) {
		cause_clear(why);
		f = open_file(o, l, &told->file[i], &counted->file[i], why);
	}
	if (f != FAULT_NONE)
		return f;
	cause_clear(why);
	if ((f = unpack_next(l->unpack, &member, &end, why)) != FAULT_NONE)
		return f;
	if (!end)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the archive holds more than contents.json names"));
	return FAULT_NONE;
}

/* ---- the recount ---- */

/* Which total it is that differs; the hashes have told that one does. */
static enum fault
name_difference(const struct contents *told, const struct contents *counted,
    struct cause *why)
{
	enum fault f;
	size_t i;

	for (i = 0; i < told->n; i++) {
		cause_place(why, told->file[i].name, 0, NULL, UINT64_MAX);
		if (told->file[i].rows != counted->file[i].rows)
			return cause_set(why, FAULT_TOTALS,
			    N_("%llu rows, contents.json says %llu"),
			    (unsigned long long)counted->file[i].rows,
			    (unsigned long long)told->file[i].rows);
		if ((f = totals_compare(&told->file[i].totals,
			 &counted->file[i].totals, why)) != FAULT_NONE ||
		    (f = warnings_compare(&told->file[i].warnings,
			 &counted->file[i].warnings, why)) != FAULT_NONE)
			return f;
	}
	return cause_set(why, FAULT_TOTALS,
	    N_("contents.json is not in the one form it must have"));
}

/* A file of ours beside the data. */
static enum fault
stage_text(struct stage_draft *d, const char *name, const struct buf *text,
    struct cause *why)
{
	enum fault f = stage_file(d, name, why);

	if (f == FAULT_NONE)
		f = stage_write(d, text->data, text->len, why);
	return f == FAULT_NONE ? stage_file_end(d, why) : f;
}

static enum fault
recount(struct opening *o, const struct contents *told,
    const struct contents *counted, struct cause *why)
{
	struct buf page = BUF_MAX(LIMIT_CONTENTS);
	enum fault f = FAULT_NONE;
	size_t i;

	o->rows = 0;
	o->warnings = 0;
	for (i = 0; i < counted->n; i++) {
		o->rows += counted->file[i].rows;
		o->warnings += warnings_total(&counted->file[i].warnings);
	}
	if (contents_format(&page, counted) != FAULT_NONE ||
	    hash_bytes_text(o->contents_sha256, page.data, page.len) !=
		FAULT_NONE)
		f = cause_memory(why);
	else if (!hash_text_equal(
		     o->contents_sha256, o->manifest->contents_sha256))
		f = name_difference(told, counted, why);
	else if (o->rows != o->manifest->rows)
		f = cause_set(why, FAULT_TOTALS,
		    N_("%llu rows, the manifest says %llu"),
		    (unsigned long long)o->rows,
		    (unsigned long long)o->manifest->rows);
	if (f == FAULT_NONE)
		f = stage_text(o->draft, CONTENTS_NAME, &page, why);
	buf_free(&page);
	return f;
}

enum fault
opening_run(struct opening *o, struct cause *why)
{
	struct contents *told = NULL, *counted = NULL;
	struct line line;
	enum fault f;

	if ((f = line_open(&line, o, why)) != FAULT_NONE ||
	    (f = read_page(&line, o->manifest, &told, why)) != FAULT_NONE)
		goto out;
	if (contents_new(&counted, told->n) != FAULT_NONE) {
		f = cause_memory(why);
		goto out;
	}
	memcpy(counted->salt, told->salt, sizeof(counted->salt));
	if ((f = open_files(o, &line, told, counted, why)) == FAULT_NONE)
		f = recount(o, told, counted, why);
	if (f == FAULT_NONE) {
		o->counted = counted;
		counted = NULL;
	}
out:
	line_close(&line);
	contents_free(told);
	contents_free(counted);
	return f;
}
