/*
 * payload: three stages, each a sink into the next.
 *
 *   extract -> pack (tar, zstd on its own workers) -> pump (a thread) ->
 *   seal -> tail (hash and file)
 */
#include "payload.h"

#include <unistd.h>

#include "base/flush.h"
#include "base/io.h"
#include "base/pump.h"
#include "envelope/seal.h"
#include "pack/pack.h"

/* The end of the line: counts, hashes, writes. */
struct tail {
	int fd;
	uint64_t bytes;
	struct flush *flush;
	struct hash *hash;
	struct growth *growth;
};

static enum fault
tail_write(void *self, const void *bytes, size_t len, struct cause *why)
{
	struct tail *t = self;
	enum fault f;

	hash_add(t->hash, bytes, len);
	if ((f = io_write(t->fd, bytes, len, "payload", why)) != FAULT_NONE)
		return f;
	t->bytes += len;
	if (t->growth != NULL)
		growth_tell(t->growth, t->bytes);
	flush_reach(&t->flush, t->fd, t->bytes);
	return FAULT_NONE;
}

/* Workers for compression: all processors, for the reader mostly waits. */
static unsigned
workers(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 4 ? 4 : (unsigned)n;
}

/* Pack into the pump, then close the stages from front to back. */
static enum fault
pack_all(const struct payload_job *job, struct pump *pump, struct cause *why)
{
	struct pack_job how = { job->level, workers(), job->mtime };
	struct pack *pack = NULL;
	enum fault f;

	if ((f = pack_new(&pack, pump_sink(pump), &how, why)) == FAULT_NONE &&
	    (f = extract_pack(job->extract, job->page, pack, why)) ==
		FAULT_NONE)
		f = pack_finish(pack, why);
	pack_free(pack);
	return f;
}

enum fault
payload_write(
    struct payload *out, const struct payload_job *job, struct cause *why)
{
	struct tail tail = { job->fd, 0, NULL, NULL, job->growth };
	struct seal *seal = NULL;
	struct pump *pump = NULL;
	enum fault f, g;

	if (hash_new(&tail.hash) != FAULT_NONE)
		return cause_memory(why);
	if ((f = seal_new(&seal, (struct sink){ tail_write, &tail }, job->to,
		 job->n_to, why)) != FAULT_NONE ||
	    (f = pump_sink_new(&pump, seal_sink(seal), why)) != FAULT_NONE ||
	    (f = pack_all(job, pump, why)) != FAULT_NONE ||
	    (f = pump_finish(pump, why)) != FAULT_NONE ||
	    (f = seal_finish(seal, why)) != FAULT_NONE)
		goto out;
	out->bytes = tail.bytes;
	hash_finish_text(tail.hash, out->sha256);
out:
	/* The pump's thread writes into the seal: it must end first. */
	pump_free(pump);
	seal_free(seal);
	g = flush_end(&tail.flush, "payload", f == FAULT_NONE ? why : NULL);
	hash_free(tail.hash);
	return f != FAULT_NONE ? f : g;
}
