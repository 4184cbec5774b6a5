/*
 * load: each step makes its bytes as it should, then bends them as the plan
 * says.
 */
#include <stdio.h>
#include <string.h>

#include "archives.h"
#include "chance.h"
#include "envelope/seal.h"
#include "goods.h"
#include "load.h"

#define LAIN "lain.csv"

/* ---- contents.json ---- */

static void
page_make(struct load *l, const struct plan *plan, const struct text *table,
    const char *label, const struct paper *paper)
{
	const struct text good = { goods_table, strlen(goods_table) };
	struct contents *c = goods_count(
	    paper, label, GOODS_NAME, plan->recount ? table : &good);
	struct buf page = BUF_MAX(SET_DOCUMENT);

	/* A table that breaks a rule has no totals: the sender claims those of
	 * the good one. */
	c->file[0].bytes = table->len;
	set_must(
	    hash_bytes_text(c->file[0].sha256, table->at, table->len), label);
	if (plan->says == SAYS_OTHER_FILE)
		memset(c->file[0].sha256, '0', HASH_TEXT_LEN - 1);
	if (plan->second.at != NULL)
		goods_add(c, paper, LAIN, &plan->second);
	l->rows = 0;
	for (size_t i = 0; i < c->n; i++)
		l->rows += c->file[i].rows;
	l->files = c->n;
	set_must(contents_format(&page, c), label);
	if (plan->page_from.at != NULL)
		set_change(&l->page, &page, &plan->page_from, &plan->page_to);
	else
		set_must(buf_put(&l->page, page.data, page.len), label);
	l->unpacked = l->page.len + table->len + plan->second.len;
	contents_free(c);
	buf_free(&page);
}

/* ---- the archive ---- */

/* What stands before the table: an extended header, or another member. */
static void
tar_before(struct buf *tar, enum bend_tar bend)
{
	static const struct {
		enum bend_tar bend;
		const char *records;
	} pax[] = {
		{ TAR_PAX_TIMES,
		    "20 mtime=1780315200\n22 atime=1780315200.5\n" },
		{ TAR_PAX_PATH, "18 path=" GOODS_NAME "\n" },
		{ TAR_PAX_KEY, "14 comment=hi\n" },
		{ TAR_PAX_LINK, "24 linkpath=/etc/passwd\n" },
		{ TAR_PAX_OTHER_PATH, "15 path=../csv\n" },
		{ TAR_PAX_OTHER_SIZE, "10 size=1\n" },
		{ TAR_PAX_TWICE, "8 uid=0\n8 uid=1\n" },
		{ TAR_PAX_LENGTH, "99 uid=0\n" },
	};

	for (size_t i = 0; i < sizeof(pax) / sizeof(pax[0]); i++)
		if (pax[i].bend == bend)
			archive_pax(tar, pax[i].records);
	if (bend == TAR_GLOBAL) {
		archive_header(tar, "pax_global_header", 8, 'g');
		archive_data(tar, "8 uid=0\n", 8);
	}
	if (bend == TAR_LONG_NAME) {
		archive_header(tar, "././@LongLink", 10, 'L');
		archive_data(tar, GOODS_NAME, 10);
	}
}

/* The table's header, bent. */
static void
tar_patch(struct buf *tar, size_t at, enum bend_tar bend)
{
	static const struct {
		enum bend_tar bend;
		size_t at;
		struct text bytes;
	} patches[] = {
		{ TAR_MODE, 100, TEXT("0004777") },
		{ TAR_TYPE_NUL, 156, TEXT("\0") },
		{ TAR_SYMLINK, 156, TEXT("2/etc/passwd") },
		{ TAR_HARDLINK, 156, TEXT("1contents.json") },
		{ TAR_DIRECTORY, 156, TEXT("5") },
		{ TAR_DEVICE, 156, TEXT("3") },
		{ TAR_FIFO, 156, TEXT("6") },
		{ TAR_SPARSE, 156, TEXT("S") },
		{ TAR_GNU, 257, TEXT("ustar  \0") },
		{ TAR_V7, 257, TEXT("\0\0\0\0\0\0\0\0") },
		{ TAR_SIZE_TEXT, 124, TEXT("many bytes\0") },
		{ TAR_SIZE_LARGE, 124, TEXT("00400000000") },
		{ TAR_SIZE_NEGATIVE, 124,
		    TEXT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff") },
		{ TAR_NAME_CLIMBS, 0, TEXT("../" GOODS_NAME) },
		{ TAR_NAME_ABSOLUTE, 0, TEXT("/" GOODS_NAME) },
		{ TAR_NAME_TAIL, 50, TEXT("hidden") },
		{ TAR_PREFIX, 345, TEXT("sub") },
		{ TAR_LINKNAME, 157, TEXT("hidden") },
		{ TAR_FOLDED, 0, TEXT("WARGA.CSV") },
	};

	for (size_t i = 0; i < sizeof(patches) / sizeof(patches[0]); i++)
		if (patches[i].bend == bend)
			archive_patch(tar, at, patches[i].at,
			    patches[i].bytes.at, patches[i].bytes.len);
	if (bend == TAR_CHECKSUM)
		tar->data[at + 150] ^= 1;
}

static void
tar_table(struct buf *tar, const struct text *table, enum bend_tar bend)
{
	size_t at;

	tar_before(tar, bend);
	at = tar->len;
	if (bend != TAR_LESS)
		archive_file(tar, GOODS_NAME, table);
	tar_patch(tar, at, bend == TAR_FOLDED ? TAR_GOOD : bend);
	if (bend == TAR_FILL)
		tar->data[tar->len - 1] = 'x';
}

/* What stands behind the last file. */
static void
tar_tail(struct buf *tar, const struct text *page, const struct text *table,
    enum bend_tar bend)
{
	const struct text none = TEXT(""), some = TEXT("some");
	size_t at = tar->len;

	if (bend == TAR_ORDER)
		archive_file(tar, CONTENTS_NAME, page);
	if (bend == TAR_MORE)
		archive_file(tar, "more.csv", &none);
	if (bend == TAR_MORE_BYTES)
		archive_file(tar, "more.csv", &some);
	if (bend == TAR_TWICE || bend == TAR_FOLDED)
		archive_file(tar, GOODS_NAME, &none);
	tar_patch(tar, at, bend == TAR_FOLDED ? bend : TAR_GOOD);
	if (bend == TAR_PAX_ALONE)
		archive_pax(tar, "8 uid=0\n");
	if (bend == TAR_CUT)
		tar->len -= table->len;
	else if (bend == TAR_HALF_END)
		archive_zeros(tar, ARCHIVES_BLOCK);
	else if (bend != TAR_NO_END)
		archive_zeros(tar, 2 * ARCHIVES_BLOCK);
	if (bend == TAR_AFTER_END)
		archive_file(tar, "more.csv", &some);
	if (bend == TAR_PADDED)
		archive_zeros(tar, 10240 - tar->len % 10240);
}

static void
tar_make(struct load *l, const struct plan *plan, const struct text *table)
{
	const struct text page = { (const char *)l->page.data, l->page.len };

	if (plan->tar == TAR_EMPTY) {
		archive_zeros(&l->tar, 2 * ARCHIVES_BLOCK);
		return;
	}
	if (plan->tar != TAR_ORDER)
		archive_file(&l->tar, CONTENTS_NAME, &page);
	tar_table(&l->tar, table, plan->tar);
	if (plan->second.at != NULL)
		archive_file(&l->tar, LAIN, &plan->second);
	tar_tail(&l->tar, &page, table, plan->tar);
}

/* ---- the frame ---- */

#define SKIPPABLE "\x50\x2a\x4d\x18\x04\0\0\0skip"

static void
frame_whole(struct buf *out, const struct buf *tar, enum bend_frame bend)
{
	if (bend == FRAME_WINDOW_8M)
		archive_frame_window(out, tar, 0x68);
	else if (bend == FRAME_WINDOW_9M)
		archive_frame_window(out, tar, 0x69);
	else if (bend == FRAME_BOMB)
		archive_frame_bomb(out, tar, 512);
	else if (bend == FRAME_NONE)
		set_must(buf_put(out, tar->data, tar->len), "frame");
	else
		archive_frame(out, tar);
}

static void
frame_make(struct buf *out, const struct buf *tar, enum bend_frame bend)
{
	static const struct {
		enum bend_frame bend;
		size_t at;
		uint8_t byte;
	} bytes[] = {
		{ FRAME_OLD_MAGIC, 0, 0x27 },
		{ FRAME_DICTIONARY, 4, 0xa5 },
		{ FRAME_RESERVED_BIT, 4, 0xac },
		{ FRAME_SIZE_LARGE, 8, 0x01 },
		{ FRAME_WRONG_SIZE, 5, 0x01 },
	};

	if (bend == FRAME_SKIPPABLE_FIRST)
		set_must(buf_put(out, SKIPPABLE, 12), "frame");
	frame_whole(out, tar, bend);
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++)
		if (bytes[i].bend == bend)
			out->data[bytes[i].at] = bytes[i].byte;
	if (bend == FRAME_RESERVED_BLOCK)
		out->data[9] |= 6;
	if (bend == FRAME_WRONG_SUM)
		out->data[out->len - 1] ^= 1;
	if (bend == FRAME_CUT)
		out->len -= 10;
	if (bend == FRAME_TWO)
		archive_frame(out, tar);
	if (bend == FRAME_SKIPPABLE_LAST)
		set_must(buf_put(out, SKIPPABLE, 12), "frame");
	if (bend == FRAME_TRAILING)
		set_must(buf_put(out, "\n", 1), "frame");
}

/* ---- the envelope ---- */

static enum fault
take(void *self, const void *bytes, size_t len, struct cause *why)
{
	(void)why;
	return buf_put(self, bytes, len);
}

static void
age_damage(struct buf *age, enum bend_age bend)
{
	static const struct text from = TEXT("-> X25519 "),
				 to = TEXT("-> scrypt "), v1 = TEXT("/v1\n"),
				 v2 = TEXT("/v2\n"), mac = TEXT("--- ");
	struct buf copy = BUF_MAX(SET_DOCUMENT);
	unsigned char *at = NULL;

	set_must(buf_put(&copy, age->data, age->len), "age");
	if (bend == AGE_SCRYPT)
		set_change(age, &copy, &from, &to);
	if (bend == AGE_VERSION)
		set_change(age, &copy, &v1, &v2);
	at = memmem(age->data, age->len, mac.at, mac.len);
	if (bend == AGE_MAC && at != NULL)
		at[5] = at[5] == 'A' ? 'B' : 'A';
	if (bend == AGE_BIT)
		age->data[age->len / 2] ^= 1;
	if (bend == AGE_CUT)
		age->len -= 1;
	if (bend == AGE_TRAILING)
		set_must(buf_put(age, "\n", 1), "age");
	buf_free(&copy);
}

static void
age_make(struct load *l, enum bend_age bend, const char *label,
    const struct cast *cast)
{
	struct recipient to[2];
	struct seal *s = NULL;
	size_t n = bend == AGE_TWO || bend == AGE_TWO_TOLD ? 2 : 1;

	if (bend == AGE_NONE) {
		set_must(
		    buf_put(&l->sealed, l->frame.data, l->frame.len), label);
		return;
	}
	to[0] = cast_find(cast, CAST_RECIPIENT)->card.encryption[0].key;
	to[1] = cast_find(cast, CAST_GUARDIAN)->card.encryption[0].key;
	if (bend == AGE_OTHER)
		to[0] = to[1];
	chance_label(label);
	set_must(seal_new(&s, (struct sink){ take, &l->sealed }, to, n, NULL),
	    label);
	set_must(seal_sink(s).write(
		     seal_sink(s).self, l->frame.data, l->frame.len, NULL),
	    label);
	set_must(seal_finish(s, NULL), label);
	seal_free(s);
	age_damage(&l->sealed, bend);
}

void
load_make(struct load *out, const struct plan *plan, const char *label,
    const struct paper *paper, const struct cast *cast)
{
	const struct text good = { goods_table, strlen(goods_table) };
	const struct text *table =
	    plan->table.at != NULL ? &plan->table : &good;
	char drawn[256];

	*out = (struct load){ BUF_MAX(SET_DOCUMENT), 0, 0, 0,
		BUF_MAX(SET_DOCUMENT), BUF_MAX(SET_DOCUMENT),
		BUF_MAX(SET_DOCUMENT) };
	(void)snprintf(drawn, sizeof(drawn), "%s salt", label);
	page_make(out, plan, table, drawn, paper);
	tar_make(out, plan, table);
	frame_make(&out->frame, &out->tar, plan->frame);
	(void)snprintf(drawn, sizeof(drawn), "%s seal", label);
	age_make(out, plan->age, drawn, cast);
}

void
load_free(struct load *load)
{
	buf_free(&load->page);
	buf_free(&load->tar);
	buf_free(&load->frame);
	buf_free(&load->sealed);
}
