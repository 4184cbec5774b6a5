/*
 * generate: extracts to measure and to demonstrate with.
 *
 *	generate lapor-diri ROWS VERIFIED SEED	registrants abroad
 *	generate penempatan ROWS SEED		migrant-worker placements
 *
 * The same arguments give the same bytes on every machine: the figures in
 * BENCHMARKS.md and the control totals of the demonstration rest on it.
 *
 * No living person may appear.  Every NIK has the unassigned province code 88
 * and a serial from 9000, and names are drawn from lists; nothing is taken from
 * a real register.  The columns are those of examples/kemlu-kpu and
 * examples/bp2mi-kpu.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people.h"

/* As many rows as there are passport numbers of our form. */
#define ROWS_MAX 80000000ULL

/* 20 November 2026, as a day and as its last second: nothing is later. */
#define TODAY 20777
#define NOW (TODAY * 86400LL + 86399)

/* ---- chance ---- */

/* splitmix64: one word of state, and good enough to look like people. */
struct chance {
	uint64_t state;
};

static uint32_t
chance_word(struct chance *c)
{
	uint64_t z = (c->state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (uint32_t)((z ^ (z >> 31)) >> 32);
}

/* A number below n. */
static uint32_t
chance_below(struct chance *c, uint32_t n)
{
	return (uint32_t)(((uint64_t)chance_word(c) * n) >> 32);
}

static bool
chance_percent(struct chance *c, uint32_t percent)
{
	return chance_below(c, 100) < percent;
}

/* A number from low to high, both included. */
static int64_t
chance_between(struct chance *c, int64_t low, int64_t high)
{
	return low + (int64_t)chance_below(c, (uint32_t)(high - low + 1));
}

/* ---- output ---- */

/* No row is longer than this, so room is looked for once a row. */
#define ROW_MAX 1024

struct out {
	size_t len;
	bool failed; /* a write went wrong; the rest is thrown away */
	char bytes[1 << 20];
};

static void
out_flush(struct out *o)
{
	if (!o->failed && fwrite(o->bytes, 1, o->len, stdout) != o->len)
		o->failed = true;
	o->len = 0;
}

static void
out_room(struct out *o)
{
	if (sizeof(o->bytes) - o->len < ROW_MAX)
		out_flush(o);
}

static void
put_byte(struct out *o, char c)
{
	o->bytes[o->len++] = c;
}

static void
put_text(struct out *o, const char *text)
{
	size_t len = strlen(text);

	memcpy(o->bytes + o->len, text, len);
	o->len += len;
}

/* Decimal, with leading zeros up to the width. */
static void
put_number(struct out *o, uint64_t n, size_t width)
{
	for (size_t i = width; i > 0; i--) {
		o->bytes[o->len + i - 1] = (char)('0' + n % 10);
		n /= 10;
	}
	o->len += width;
}

/* ---- dates ---- */

struct date {
	unsigned year, month, day;
};

/* Days since 1970 to a Gregorian date, after 1 March 0000: no table needed. */
static struct date
date_of(int64_t days)
{
	uint32_t z = (uint32_t)(days + 719468);
	uint32_t era = z / 146097;
	uint32_t doe = z % 146097;
	uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint32_t mp = (5 * doy + 2) / 153;
	struct date d;

	d.day = doy - (153 * mp + 2) / 5 + 1;
	d.month = mp < 10 ? mp + 3 : mp - 9;
	d.year = yoe + era * 400 + (d.month <= 2 ? 1 : 0);
	return d;
}

/* %d-%m-%Y, as Sidalih writes it. */
static void
put_date(struct out *o, struct date d)
{
	put_number(o, d.day, 2);
	put_byte(o, '-');
	put_number(o, d.month, 2);
	put_byte(o, '-');
	put_number(o, d.year, 4);
}

/* YYYY-MM-DDThh:mm:ss of a second counted where the clock hangs. */
static void
put_clock(struct out *o, int64_t there)
{
	struct date d = date_of(there / 86400);
	uint32_t s = (uint32_t)(there % 86400);

	put_number(o, d.year, 4);
	put_byte(o, '-');
	put_number(o, d.month, 2);
	put_byte(o, '-');
	put_number(o, d.day, 2);
	put_byte(o, 'T');
	put_number(o, s / 3600, 2);
	put_byte(o, ':');
	put_number(o, s / 60 % 60, 2);
	put_byte(o, ':');
	put_number(o, s % 60, 2);
}

/* RFC 3339 in the mission's own time; offset in minutes east. */
static void
put_datetime(struct out *o, int64_t when, int offset)
{
	unsigned east = (unsigned)abs(offset);

	put_clock(o, when + offset * 60);
	put_byte(o, offset < 0 ? '-' : '+');
	put_number(o, east / 60, 2);
	put_byte(o, ':');
	put_number(o, east % 60, 2);
}

/* ---- missions ---- */

/* Each mission stands here as often as it weighs: one draw finds one. */
#define MISSION_SLOTS 1000
static const struct mission *mission_slot[MISSION_SLOTS];

static void
missions_prepare(void)
{
	size_t slot = 0;

	for (size_t m = 0; m < COUNT(missions); m++)
		for (uint32_t w = missions[m].weight; w > 0; w--)
			if (slot < MISSION_SLOTS)
				mission_slot[slot++] = &missions[m];
	while (slot < MISSION_SLOTS)
		mission_slot[slot++] = &missions[0];
}

static const struct mission *
mission_draw(struct chance *c)
{
	return mission_slot[chance_below(c, MISSION_SLOTS)];
}

/* ---- people ---- */

struct person {
	bool woman;
	int64_t born; /* days since 1970 */
	struct date birth;
};

static struct person
person_draw(struct chance *c, uint32_t women_percent, int64_t youngest)
{
	struct person p;

	p.woman = chance_percent(c, women_percent);
	/* From 1951; the mean of two draws puts most people in the middle. */
	p.born = (chance_between(c, -6940, youngest) +
		     chance_between(c, -6940, youngest)) /
	    2;
	p.birth = date_of(p.born);
	return p;
}

#define DRAW(c, list) ((list)[chance_below((c), (uint32_t)COUNT(list))])

/* One word, two or three, as in a register of millions; never a title first. */
static void
put_name(struct out *o, struct chance *c, const struct person *p)
{
	uint32_t words = chance_below(c, 100);

	put_text(o, p->woman ? DRAW(c, women) : DRAW(c, men));
	if (words < 18)
		return;
	put_byte(o, ' ');
	put_text(o, p->woman ? DRAW(c, daughters) : DRAW(c, sons));
	if (words >= 85) {
		put_byte(o, ' ');
		put_text(o, DRAW(c, families));
	}
	if (words >= 98)
		put_text(o, DRAW(c, titles));
}

/* 88 CC KK DDMMYY 9SSS: a woman's day of birth is raised by 40. */
static void
put_nik(struct out *o, struct chance *c, const struct person *p)
{
	put_text(o, "88");
	put_number(o, 1 + chance_below(c, 40), 2);
	put_number(o, 1 + chance_below(c, 30), 2);
	put_number(o, p->birth.day + (p->woman ? 40 : 0), 2);
	put_number(o, p->birth.month, 2);
	put_number(o, p->birth.year % 100, 2);
	put_number(o, 9000 + chance_below(c, 1000), 4);
}

/*
 * A passport number of one letter and seven digits.  Different rows below
 * ROWS_MAX give different numbers: the factor has no divisor in common with it.
 */
static void
put_passport(struct out *o, uint64_t row, uint64_t seed)
{
	static const char letters[] = "FGHJKQWY";
	uint64_t n = (row * 61803391ULL + seed % ROWS_MAX) % ROWS_MAX;

	put_byte(o, letters[n / 10000000]);
	put_number(o, n % 10000000, 7);
}

/* ---- lapor-diri ---- */

static const char lapor_header[] =
    "id_lapor;nik;no_paspor;nama;tempat_lahir;tanggal_lahir;jenis_kelamin;"
    "status_kawin;negara;kode_perwakilan;alamat_ln;status_verifikasi;"
    "diverifikasi_pada;diubah_pada\n";

/*
 * Most addresses are bare; the others hold what breaks careless readers: line
 * breaks, doubled quotes, the delimiter.
 */
static void
put_address(struct out *o, struct chance *c, const struct mission *m)
{
	uint32_t form = chance_below(c, 100);
	const char *street = m->street[chance_below(c, 2)];
	uint32_t house = 1 + chance_below(c, 280);
	uint32_t floor = 1 + chance_below(c, 30);
	size_t width = house < 10 ? 1 : house < 100 ? 2 : 3;

	if (form >= 78)
		put_byte(o, '"');
	if (form >= 96)
		put_text(o, "FLAT \"\"MAWAR\"\", ");
	put_number(o, house, width);
	put_byte(o, ' ');
	put_text(o, street);
	if (form < 78) {
		put_text(o, ", ");
	} else {
		put_text(o, form < 84 ? "; LANTAI " : "\nLANTAI ");
		put_number(o, floor, 2);
		put_text(o, form < 84 ? ", " : "\n");
	}
	put_text(o, m->city);
	if (form >= 78)
		put_byte(o, '"');
}

/* Status and times: verified after registering, and nothing after the end. */
static void
put_history(
    struct out *o, struct chance *c, const struct mission *m, bool verified)
{
	int64_t registered = chance_between(c, 14610, TODAY - 60);
	int64_t when = registered * 86400 + chance_between(c, 0, 86399);

	if (verified) {
		put_text(o, "TERVERIFIKASI;");
		when += chance_between(c, 3600, 15 * 86400);
		put_datetime(o, when, m->offset);
	} else {
		put_text(o, chance_percent(c, 85) ? "BELUM;" : "DITOLAK;");
	}
	put_byte(o, ';');
	if (chance_percent(c, 30))
		when = chance_between(c, when, NOW);
	put_datetime(o, when, m->offset);
	put_byte(o, '\n');
}

static void
lapor_row(
    struct out *o, struct chance *c, uint64_t row, uint64_t seed, bool verified)
{
	static const char *const marital[] = { "B", "S", "S", "P", "" };
	const struct mission *m = mission_draw(c);
	struct person p = person_draw(c, 56, 14600);

	put_text(o, "LD");
	put_number(o, row + 1, 9);
	put_byte(o, ';');
	if (chance_percent(c, verified ? 98 : 88))
		put_nik(o, c, &p);
	put_byte(o, ';');
	put_passport(o, row, seed);
	put_byte(o, ';');
	put_name(o, c, &p);
	put_byte(o, ';');
	if (!chance_percent(c, 9))
		put_text(o, DRAW(c, birthplaces));
	put_byte(o, ';');
	put_date(o, p.birth);
	put_text(o, p.woman ? ";P;" : ";L;");
	put_text(o, DRAW(c, marital));
	put_byte(o, ';');
	put_text(o, m->country);
	put_byte(o, ';');
	put_text(o, m->code);
	put_byte(o, ';');
	put_address(o, c, m);
	put_byte(o, ';');
	put_history(o, c, m, verified);
}

/*
 * Exactly "verified" rows are verified, spread evenly: a row is taken with the
 * chance (still wanted)/(still to come), which is certain at the end.
 */
static void
lapor_diri(struct out *o, uint64_t rows, uint64_t verified, uint64_t seed)
{
	struct chance c = { seed };
	uint64_t wanted = verified;

	put_text(o, lapor_header);
	for (uint64_t row = 0; row < rows; row++) {
		uint32_t left = (uint32_t)(rows - row);
		bool take = chance_below(&c, left) < wanted;

		wanted -= take ? 1 : 0;
		out_room(o);
		lapor_row(o, &c, row, seed, take);
	}
}

/* ---- penempatan ---- */

static const char placement_header[] =
    "id_penempatan;nik;no_paspor;nama;tanggal_lahir;jenis_kelamin;"
    "kode_kab_asal;negara;kode_perwakilan;skema;tgl_berangkat;tgl_pulang;"
    "status;diubah_pada\n";

/* Provinces people leave from, and how many kabupaten each numbers from 01. */
static const struct {
	unsigned province, regencies;
} origins[] = { { 35, 29 }, { 35, 29 }, { 33, 29 }, { 33, 29 }, { 32, 18 },
	{ 32, 18 }, { 52, 8 }, { 52, 8 }, { 18, 13 }, { 12, 25 }, { 51, 8 },
	{ 53, 21 } };

/*
 * Departure, return and last change.  Of age on the day of leaving: the
 * youngest here was born in 2006.  The head office writes its times in UTC.
 */
static void
put_journey(struct out *o, struct chance *c, const struct person *p)
{
	int64_t grown = p->born + 6600;
	int64_t left = chance_between(c, grown > 13514 ? grown : 13514, TODAY);
	int64_t changed = left;
	uint32_t state = chance_below(c, 1000);

	put_date(o, date_of(left));
	put_byte(o, ';');
	if (state < 280) {
		changed = chance_between(c, left, TODAY);
		put_date(o, date_of(changed));
		put_text(o, ";PULANG;");
	} else if (state < 990) {
		put_text(o, ";BERANGKAT;");
	} else {
		put_text(o, state < 998 ? ";BERMASALAH;" : ";MENINGGAL;");
	}
	put_clock(o, changed * 86400 + chance_between(c, 0, 86399));
	put_text(o, "Z\n");
}

static void
placement_row(struct out *o, struct chance *c, uint64_t row, uint64_t seed)
{
	static const char *const schemes[] = { "PTOP", "PTOP", "PTOP", "GTOG",
		"MANDIRI", "UKPS", "SP2T", "REENTRY", "SSW" };
	const struct mission *m = mission_draw(c);
	struct person p = person_draw(c, 68, 13200);
	uint32_t from = chance_below(c, (uint32_t)COUNT(origins));

	put_byte(o, 'P');
	put_number(o, row + 1, 8);
	put_byte(o, ';');
	/* Old placements were recorded with less. */
	if (!chance_percent(c, 35))
		put_nik(o, c, &p);
	put_byte(o, ';');
	put_passport(o, row, seed);
	put_byte(o, ';');
	put_name(o, c, &p);
	put_byte(o, ';');
	put_date(o, p.birth);
	put_text(o, p.woman ? ";P;" : ";L;");
	if (!chance_percent(c, 25)) {
		put_number(o, origins[from].province, 2);
		put_byte(o, '.');
		put_number(o, 1 + chance_below(c, origins[from].regencies), 2);
	}
	put_byte(o, ';');
	put_text(o, m->country);
	put_byte(o, ';');
	if (!chance_percent(c, 45))
		put_text(o, m->code);
	put_byte(o, ';');
	put_text(o, DRAW(c, schemes));
	put_byte(o, ';');
	put_journey(o, c, &p);
}

static void
penempatan(struct out *o, uint64_t rows, uint64_t seed)
{
	struct chance c = { seed };

	put_text(o, placement_header);
	for (uint64_t row = 0; row < rows; row++) {
		out_room(o);
		placement_row(o, &c, row, seed);
	}
}

/* ---- the command ---- */

static int
usage(void)
{
	fprintf(stderr,
	    "usage: generate lapor-diri ROWS VERIFIED SEED\n"
	    "       generate penempatan ROWS SEED\n"
	    "ROWS is at most %llu\n",
	    ROWS_MAX);
	return 2;
}

/* Decimal digits only: strtoull alone would take "-1" and " 1". */
static bool
number(uint64_t *out, const char *text, uint64_t max)
{
	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return false;
	errno = 0;
	*out = strtoull(text, NULL, 10);
	return errno == 0 && *out <= max;
}

int
main(int argc, char **argv)
{
	static struct out out; /* too large for a stack */
	uint64_t rows = 0, verified = 0, seed = 0;

	missions_prepare();
	if (argc == 5 && strcmp(argv[1], "lapor-diri") == 0) {
		if (!number(&rows, argv[2], ROWS_MAX) ||
		    !number(&verified, argv[3], rows) ||
		    !number(&seed, argv[4], UINT64_MAX))
			return usage();
		lapor_diri(&out, rows, verified, seed);
	} else if (argc == 4 && strcmp(argv[1], "penempatan") == 0) {
		if (!number(&rows, argv[2], ROWS_MAX) ||
		    !number(&seed, argv[3], UINT64_MAX))
			return usage();
		penempatan(&out, rows, seed);
	} else {
		return usage();
	}
	out_flush(&out);
	if (out.failed || fclose(stdout) != 0) {
		fprintf(
		    stderr, "generate: cannot write: %s\n", strerror(errno));
		return 1;
	}
	return 0;
}
