/*
 * reading: a page goes into the half with the fork, and comes back as members,
 * which are looked at once more: JSON is read by a process that has no key.
 */
#include "reading.h"

#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "sys/half.h"
#include "sys/sandbox.h"

/* What is told first; after FAULT_NONE "len" bytes follow. */
struct told {
	uint32_t fault;
	uint32_t len;
	struct cause why;
};

/* ---- inside ---- */

static enum fault
send(const struct half *half, const void *bytes, size_t len)
{
	struct line_message m = { NULL, 0, len, { 0 }, 0 };
	struct buf copy = BUF_MAX(LINE_MAX);
	enum fault f = buf_put(&copy, bytes, len);

	m.bytes = copy.data;
	if (f == FAULT_NONE)
		f = line_send(&half->line, &m, NULL);
	buf_free(&copy);
	return f;
}

/* If it cannot be told, that is what is told. */
static _Noreturn void
tell(const struct half *half, enum fault f, const struct buf *bytes,
    const struct cause *why)
{
	struct told told;
	size_t at, n;

	memset(&told, 0, sizeof(told));
	told.fault = (uint32_t)f;
	told.len = (uint32_t)bytes->len;
	told.why = *why;
	f = send(half, &told, sizeof(told));
	for (at = 0; f == FAULT_NONE && at < bytes->len; at += n) {
		n = bytes->len - at < LINE_MAX ? bytes->len - at : LINE_MAX;
		f = send(half, bytes->data + at, n);
	}
	half_leave();
}

static enum fault
confine(const struct half *half, struct cause *why)
{
	half_shut(half, NULL, 0);
	return sandbox_enter(WALL_OPENING, NULL, 0, why);
}

/* ---- outside ---- */

static enum fault
nonsense(struct cause *why)
{
	cause_clear(why);
	return cause_set(why, FAULT_SYSTEM,
	    N_("the half that reads what partners sign gave an answer that "
	       "cannot be"));
}

static enum fault
hear(struct half *half, void *bytes, size_t cap, size_t *got)
{
	struct line_message m = { bytes, cap, 0, { 0 }, 0 };
	enum fault f = line_receive(&half->line, &m, NULL);

	while (m.n_fds > 0)
		(void)close(m.fd[--m.n_fds]);
	*got = m.len;
	return f;
}

/* What parsing can find; the rest is not its business. */
static bool
plausible(uint32_t f)
{
	return f < 100 && fault_known((int)f);
}

static enum fault
hear_all(struct half *half, struct buf *out, struct cause *why)
{
	unsigned char piece[LINE_MAX];
	struct told told;
	size_t got = 0;

	memset(&told, 0, sizeof(told));
	if (hear(half, &told, sizeof(told), &got) != FAULT_NONE ||
	    got != sizeof(told) || !plausible(told.fault) ||
	    told.len > out->max)
		return FAULT_ABSENT;
	if (told.fault != FAULT_NONE) {
		(void)cause_adopt(why, &told.why);
		return why->fault = (enum fault)told.fault;
	}
	while (out->len < told.len)
		if (hear(half, piece, sizeof(piece), &got) != FAULT_NONE ||
		    got > told.len - out->len ||
		    buf_put(out, piece, got) != FAULT_NONE)
			return FAULT_ABSENT;
	return FAULT_NONE;
}

/* How it ended counts before what it told. */
static enum fault
outside(struct half *half, struct buf *out, struct cause *why)
{
	struct cause end;
	enum fault f, g;

	cause_clear(&end);
	f = hear_all(half, out, why);
	g = half_end(half, NULL, &end);
	if (g != FAULT_NONE) {
		*why = end;
		return g;
	}
	return f == FAULT_ABSENT ? nonsense(why) : f;
}

/* ---- pages ---- */

static _Noreturn void
parse_manifest(const struct half *half, const void *bytes, size_t len)
{
	struct buf packed = BUF_MAX(LIMIT_DOCUMENT);
	struct manifest *m = NULL;
	struct cause why;
	enum fault f;

	cause_clear(&why);
	if ((f = confine(half, &why)) == FAULT_NONE &&
	    (f = manifest_parse(&m, bytes, len, &why)) == FAULT_NONE)
		f = manifest_pack(&packed, m);
	manifest_free(m);
	tell(half, f, &packed, &why);
}

enum fault
reading_manifest(
    struct manifest **out, const void *bytes, size_t len, struct cause *why)
{
	struct buf packed = BUF_MAX(LIMIT_DOCUMENT);
	struct half half;
	bool inside = false;
	enum fault f;

	*out = NULL;
	if ((f = half_fork(&half, &inside, why)) != FAULT_NONE)
		return f;
	if (inside)
		parse_manifest(&half, bytes, len);
	f = outside(&half, &packed, why);
	if (f == FAULT_NONE &&
	    manifest_unpack(out, packed.data, packed.len, why) != FAULT_NONE)
		f = why->fault == FAULT_MEMORY ? FAULT_MEMORY : nonsense(why);
	buf_free(&packed);
	return f;
}

static _Noreturn void
parse_receipt(const struct half *half, const void *bytes, size_t len)
{
	struct buf raw = BUF_MAX(sizeof(struct receipt));
	struct receipt r;
	struct cause why;
	enum fault f;

	memset(&r, 0, sizeof(r));
	cause_clear(&why);
	if ((f = confine(half, &why)) == FAULT_NONE &&
	    (f = receipt_parse(&r, bytes, len, &why)) == FAULT_NONE)
		f = buf_put(&raw, &r, sizeof(r));
	tell(half, f, &raw, &why);
}

enum fault
reading_receipt(
    struct receipt *out, const void *bytes, size_t len, struct cause *why)
{
	struct buf raw = BUF_MAX(sizeof(*out));
	struct half half;
	bool inside = false;
	enum fault f;

	memset(out, 0, sizeof(*out));
	cause_clear(&out->refusal);
	if ((f = half_fork(&half, &inside, why)) != FAULT_NONE)
		return f;
	if (inside)
		parse_receipt(&half, bytes, len);
	f = outside(&half, &raw, why);
	if (f == FAULT_NONE && raw.len == sizeof(*out))
		memcpy(out, raw.data, sizeof(*out));
	if (f == FAULT_NONE &&
	    (raw.len != sizeof(*out) || !receipt_check(out))) {
		f = nonsense(why);
		/* Nobody shall act on half a receipt. */
		memset(out, 0, sizeof(*out));
		cause_clear(&out->refusal);
	}
	buf_free(&raw);
	return f;
}
