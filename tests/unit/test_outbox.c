/*
 * test_outbox: a parcel is in the outbox whole or not at all, and evidence
 * outlives it.
 */
#include "base/cause.h"
#include "room.h"
#include "spool/home.h"
#include "spool/outbox.h"
#include "tap.h"

#define P17 "h/outbox/PKS-2026/lapor-diri/KEMLU/00000017"

static struct home home;
static struct cause why;
static const struct parcel_name name = { "PKS-2026", "lapor-diri", "KEMLU", 17,
	false };

static enum fault
commit(const struct parcel_name *p)
{
	unsigned char text[] = "{}\n";
	const struct buf page = { text, 3, 3, 3 };
	struct outbox_draft d = { 0 };
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = outbox_begin(&home, p, &d, &why);
	if (f == FAULT_NONE)
		f = io_write(d.payload, "sealed", 6, "payload", &why);
	if (f == FAULT_NONE)
		f = outbox_commit(&d, p, &page, &page, &why);
	outbox_end(&d);
	return f;
}

static void
test_commit(void)
{
	struct outbox_draft d = { 0 };
	int dir = -1;

	TAP_INT(outbox_open(&home, &name, &dir, NULL), FAULT_ABSENT);
	TAP_INT(commit(&name), FAULT_NONE);
	TAP_INT(room_size(P17 "/payload.tar.zst.age"), 6);
	TAP_INT(room_size(P17 "/manifest.json"), 3);
	TAP_INT(room_size(P17 "/manifest.json.minisig"), 3);
	TAP_INT(room_mode(P17 "/payload.tar.zst.age"), 0600);
	TAP_INT(room_mode(P17), 0700);
	TAP_INT(outbox_open(&home, &name, &dir, NULL), FAULT_NONE);
	(void)close(dir);
	/* The place is taken: the first one stays, the draft goes. */
	TAP_INT(commit(&name), FAULT_EXISTS);
	TAP_INT(room_size("h/outbox/.new-PKS-2026+lapor-diri+KEMLU"), -1);
	TAP_INT(room_size(P17 "/payload.tar.zst.age"), 6);
	/* A draft that was never committed leaves nothing. */
	TAP_INT(outbox_begin(&home, &name, &d, NULL), FAULT_NONE);
	TAP_OK(room_size("h/outbox/.new-PKS-2026+lapor-diri+KEMLU") > 0);
	outbox_end(&d);
	outbox_end(&d);
	outbox_end(NULL);
	TAP_INT(room_size("h/outbox/.new-PKS-2026+lapor-diri+KEMLU"), -1);
}

/* What a crash left of an earlier draft is no hindrance. */
static void
test_leftover(void)
{
	const struct parcel_name next = { "PKS-2026", "lapor-diri", "KEMLU", 18,
		false };

	TAP_INT(io_mkdirs(room_dir,
		    "h/outbox/.new-PKS-2026+lapor-diri+KEMLU/x/y", NULL),
	    FAULT_NONE);
	TAP_OK(room_write("h/outbox/.new-PKS-2026+lapor-diri+KEMLU/"
			  "payload.tar.zst.age",
	    "old", 3));
	TAP_INT(commit(&next), FAULT_NONE);
	TAP_INT(room_size("h/outbox/PKS-2026/lapor-diri/KEMLU/00000018/"
			  "payload.tar.zst.age"),
	    6);
	TAP_INT(room_size("h/outbox/PKS-2026/lapor-diri/KEMLU/00000018/x"), -1);
}

static void
test_list(void)
{
	const struct parcel_name other = { "A", "b", "KPU", 99999999, false };
	const struct parcel_name early = { "PKS-2026", "lapor-diri", "KEMLU", 9,
		false };
	struct outbox_list l = { 0 };

	TAP_INT(commit(&other), FAULT_NONE);
	TAP_INT(commit(&early), FAULT_NONE);
	/* What is no parcel's place is no parcel. */
	TAP_OK(room_write("h/outbox/note", "x", 1));
	TAP_OK(
	    room_write("h/outbox/PKS-2026/lapor-diri/KEMLU/00000077", "x", 1));
	TAP_INT(
	    io_mkdirs(room_dir, "h/outbox/PKS-2026/lapor-diri/KEMLU/19", NULL),
	    FAULT_NONE);
	TAP_INT(
	    io_mkdirs(room_dir, "h/outbox/A/b/KPU/00000000", NULL), FAULT_NONE);
	TAP_INT(outbox_list(&home, &l, NULL), FAULT_NONE);
	TAP_INT(l.n, 4);
	if (l.n == 4) {
		TAP_STR(l.name[0].agreement, "A");
		TAP_INT(l.name[0].sequence, 99999999);
		TAP_INT(l.name[1].sequence, 9);
		TAP_INT(l.name[2].sequence, 17);
		TAP_INT(l.name[3].sequence, 18);
		TAP_STR(l.name[3].sender, "KEMLU");
	}
	outbox_list_free(&l);
	outbox_list_free(NULL);
}

static void
test_remove(void)
{
	struct outbox_list l = { 0 };

	/* An earlier removal was cut short. */
	TAP_INT(io_mkdirs(room_dir, "h/outbox/.old/parcel", NULL), FAULT_NONE);
	TAP_OK(room_write("h/outbox/.old/parcel/payload", "x", 1));
	TAP_INT(outbox_remove(&home, &name, NULL), FAULT_NONE);
	TAP_INT(room_size(P17), -1);
	TAP_INT(room_size("h/outbox/.old"), -1);
	TAP_INT(outbox_remove(&home, &name, NULL), FAULT_NONE);
	TAP_INT(outbox_list(&home, &l, NULL), FAULT_NONE);
	TAP_INT(l.n, 3);
	outbox_list_free(&l);
}

static void
test_records(void)
{
	struct buf b = BUF_MAX(100);
	struct io_names names = { 0 };

	TAP_INT(records_names(&home, &name, &names, NULL), FAULT_NONE);
	TAP_INT(names.n, 0);
	TAP_INT(records_load(&home, &name, "contents.json", &b, NULL),
	    FAULT_ABSENT);
	TAP_INT(records_save(&home, &name, "contents.json", "{}", 2, NULL),
	    FAULT_NONE);
	TAP_INT(records_save(
		    &home, &name, "receipt.KPU.staged.json", "[]", 2, NULL),
	    FAULT_NONE);
	TAP_INT(records_save(&home, &name, "contents.json", "{ }", 3, NULL),
	    FAULT_NONE);
	TAP_INT(
	    records_load(&home, &name, "contents.json", &b, NULL), FAULT_NONE);
	TAP_STR(buf_text(&b), "{ }");
	TAP_INT(records_names(&home, &name, &names, NULL), FAULT_NONE);
	TAP_INT(names.n, 2);
	io_names_free(&names);
	/* Names come from a drop. */
	TAP_INT(records_save(&home, &name, "../x", "x", 1, NULL), FAULT_FORMAT);
	TAP_INT(
	    records_load(&home, &name, "/etc/passwd", &b, NULL), FAULT_FORMAT);
	TAP_INT(records_save(&home, &name, "", "x", 1, NULL), FAULT_FORMAT);
	buf_free(&b);
}

int
main(void)
{
	if (!room_make() || mkdir(room_name("h"), 0700) != 0)
		return 1;
	home.dir = open(room_name("h"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_commit();
	test_leftover();
	test_list();
	test_remove();
	test_records();
	(void)close(home.dir);
	room_clear();
	return TAP_DONE();
}
