/*
 * fuzz_agreement: the two ways of reading an agreement, to the first fault and
 * to all of them, agree; what is shown of it is an agreement again; whatever it
 * calls a drop the carrier understands.
 */
#include "fuzz.h"
#include "key/hash.h"
#include "record/agreement.h"
#include "remote/url.h"
#include "text/writer.h"

#define FAULTS 8
/* Looked at of each list: to look all up would cost their number squared. */
#define SOME 8

/* As "saksi agreement show" writes it. */
static void
show_again(const struct agreement *a)
{
	struct buf out = FUZZ_BUF;
	struct agreement *again = NULL;
	struct writer *w = NULL;

	FUZZ_HOLD(writer_new(&w, true) == FAULT_NONE);
	writer_node(w, NULL, doc_root(a->doc));
	FUZZ_HOLD(writer_finish(w, &out) == FAULT_NONE);
	writer_free(w);
	/* With its blanks it may have become too large. */
	if (out.len <= LIMIT_DOCUMENT) {
		FUZZ_HOLD(agreement_parse(&again, out.data, out.len, NULL) ==
		    FAULT_NONE);
		FUZZ_HOLD(strcmp(again->id, a->id) == 0);
		FUZZ_HOLD(again->n_datasets == a->n_datasets);
		FUZZ_HOLD(again->valid_until == a->valid_until);
		agreement_free(again);
	}
	buf_free(&out);
}

static void
look_up(const struct agreement *a)
{
	struct url url;

	for (size_t i = 0; i < a->n_datasets && i < SOME; i++) {
		const struct dataset *d = &a->datasets[i];

		FUZZ_HOLD(agreement_dataset(a, d->id) == d);
		FUZZ_HOLD(agreement_party(a, d->from) != NULL);
		FUZZ_HOLD(agreement_drop(a, d->drop) != NULL);
		for (size_t k = 0; k < d->n_to && k < SOME; k++)
			FUZZ_HOLD(agreement_party(a, d->to[k]) != NULL);
	}
	for (size_t i = 0; i < a->n_lists && i < SOME; i++)
		FUZZ_HOLD(agreement_list(a, a->lists[i].id) == &a->lists[i]);
	for (size_t i = 0; i < a->n_drops; i++)
		FUZZ_HOLD(url_parse(&url, a->drops[i].url, NULL) == FAULT_NONE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct agreement *a = NULL;
	struct cause why, faults[FAULTS];
	char sha256[HASH_TEXT_LEN] = "";
	enum fault f = FAULT_NONE, g = FAULT_NONE;
	size_t n = 0;

	cause_clear(&why);
	f = agreement_parse(&a, data, size, &why);
	g = agreement_check(data, size, faults, FAULTS, &n);
	FUZZ_HOLD(f == g && n <= FAULTS && (n == 0) == (g == FAULT_NONE));
	for (size_t i = 0; i < n; i++)
		fuzz_refused(
		    faults[i].fault, FAULT_FORMAT, FAULT_FORMAT, &faults[i]);
	if (f != FAULT_NONE) {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		FUZZ_HOLD(a == NULL);
		return 0;
	}
	FUZZ_HOLD(hash_bytes_text(sha256, data, size) == FAULT_NONE);
	FUZZ_HOLD(hash_text_equal(sha256, a->sha256));
	look_up(a);
	show_again(a);
	agreement_free(a);
	return 0;
}
