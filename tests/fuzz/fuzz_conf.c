/*
 * fuzz_conf: a configuration that reads is written and read again as the same.
 * A refusal never repeats a value: a proxy's address may hold a password.
 */
#include "conf/conf.h"
#include "fuzz.h"

static void
put(struct buf *out, const char *key, const char *value)
{
	if (value[0] != '\0')
		FUZZ_HOLD(buf_putf(out, "%s = %s\n", key, value) == FAULT_NONE);
}

static void
write_conf(struct buf *out, const struct conf *c)
{
	put(out, "party", c->party);
	put(out, "keep_payload", c->keep_payload ? "yes" : "no");
	FUZZ_HOLD(buf_putf(out, "level = %d\n", c->level) == FAULT_NONE);
	for (size_t i = 0; i < c->n_drops; i++) {
		const struct conf_drop *d = &c->drops[i];

		FUZZ_HOLD(buf_putf(out, "[drop %s]\n", d->id) == FAULT_NONE);
		put(out, "user", d->user);
		put(out, "ssh_key", d->ssh_key);
		put(out, "url", d->url);
		put(out, "proxy", d->proxy);
	}
	for (size_t i = 0; i < c->n_watches; i++) {
		const struct conf_watch *w = &c->watches[i];

		FUZZ_HOLD(buf_putf(out, "[watch %s]\nsettle = %ld\n", w->name,
			      w->settle) == FAULT_NONE);
		put(out, "agreement", w->agreement);
		put(out, "dataset", w->dataset);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf one = FUZZ_BUF, two = FUZZ_BUF;
	struct conf *first = NULL, *again = NULL;
	struct cause why;
	enum fault f = FAULT_NONE;

	cause_clear(&why);
	f = conf_parse(&first, (const char *)data, size, "conf", &why);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_CONF, FAULT_CONF, &why);
		FUZZ_HOLD(first == NULL);
		return 0;
	}
	write_conf(&one, first);
	if (one.len <= LIMIT_CONF) {
		FUZZ_HOLD(conf_parse(&again, buf_text(&one), one.len, "again",
			      NULL) == FAULT_NONE);
		write_conf(&two, again);
		fuzz_equal(&one, &two);
	}
	/* One only: to look for all would cost their number squared. */
	if (first->n_drops > 0)
		FUZZ_HOLD(conf_drop(first, first->drops[0].id) == first->drops);
	conf_free(first);
	conf_free(again);
	buf_free(&one);
	buf_free(&two);
	return 0;
}
