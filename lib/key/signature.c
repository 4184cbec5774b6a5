/*
 * signature: minisign's four-line signature files, prehashed only.  The legacy
 * kind signs the file itself and so needs it whole in memory; one kind is one
 * kind less to be confused by.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/limits.h"
#include "key/key.h"
#include "key/minisign.h"

/* The signature record of 74 bytes. */
enum { SIG_ID = 2, SIG_SIG = 10, SIG_LEN = 74 };

#define BASE64_LEN(n) \
	sodium_base64_ENCODED_LEN((n), sodium_base64_VARIANT_ORIGINAL)

/* What the global signature covers: the signature, then the comment's text. */
static enum fault
global_bytes(uint8_t **out, size_t *len, const uint8_t *sig,
    const char *comment, struct cause *why)
{
	size_t n = strlen(comment);
	uint8_t *bytes = malloc(MINISIGN_SIG_LEN + n);

	*out = bytes;
	*len = MINISIGN_SIG_LEN + n;
	if (bytes == NULL)
		return cause_memory(why);
	memcpy(bytes, sig, MINISIGN_SIG_LEN);
	memcpy(bytes + MINISIGN_SIG_LEN, comment, n);
	return FAULT_NONE;
}

/* minisign reads the trusted line, newline and NUL included, into 8192. */
static bool
trusted_ok(const char *comment)
{
	size_t n = strlen(comment);

	return n + sizeof MINISIGN_TRUSTED < LIMIT_TRUSTED_COMMENT &&
	    minisign_printable(comment, n);
}

enum fault
key_sign(struct buf *out, const struct secret_key *k, const void *bytes,
    size_t len, const char *trusted_comment, struct cause *why)
{
	struct public_key pub = { { 0 }, { 0 } };
	uint8_t rec[SIG_LEN] = { 'E', 'D' };
	uint8_t hash[MINISIGN_PREHASH_LEN] = { 0 };
	uint8_t global[MINISIGN_SIG_LEN] = { 0 };
	char rec_text[BASE64_LEN(SIG_LEN)] = "";
	char global_text[BASE64_LEN(MINISIGN_SIG_LEN)] = "";
	uint8_t *covered = NULL;
	size_t n = 0;
	enum fault f = FAULT_NONE;

	if (!trusted_ok(trusted_comment))
		return cause_set(why, FAULT_FORMAT,
		    N_("the trusted comment is too long or not printable"));
	/* Two signatures: of the file's hash, and one that ties the trusted
	 * comment to it. */
	secret_key_public(k, &pub);
	memcpy(rec + SIG_ID, pub.id, sizeof pub.id);
	(void)crypto_generichash(hash, sizeof hash, bytes, len, NULL, 0);
	secret_key_detached(k, rec + SIG_SIG, hash, sizeof hash);
	f = global_bytes(&covered, &n, rec + SIG_SIG, trusted_comment, why);
	if (f != FAULT_NONE)
		return f;
	secret_key_detached(k, global, covered, n);
	free(covered);
	(void)sodium_bin2base64(rec_text, sizeof rec_text, rec, sizeof rec,
	    sodium_base64_VARIANT_ORIGINAL);
	(void)sodium_bin2base64(global_text, sizeof global_text, global,
	    sizeof global, sodium_base64_VARIANT_ORIGINAL);
	f = buf_putf(out, "%s%s\n%s\n%s%s\n%s\n", MINISIGN_UNTRUSTED,
	    "signature from serahterima, verify with minisign", rec_text,
	    MINISIGN_TRUSTED, trusted_comment, global_text);
	if (f != FAULT_NONE)
		(void)cause_set(why, f, N_("the signature cannot be written"));
	return f;
}

enum fault
signature_parse(
    struct signature *out, const void *bytes, size_t len, struct cause *why)
{
	struct minisign_text text = { bytes, len };
	struct minisign_line untrusted = { NULL, 0 };
	struct minisign_line sig = { NULL, 0 };
	struct minisign_line trusted = { NULL, 0 };
	struct minisign_line global = { NULL, 0 };
	uint8_t rec[SIG_LEN] = { 0 };

	memset(out, 0, sizeof *out);
	if (len > LIMIT_KEY_FILE || !minisign_next(&text, &untrusted) ||
	    untrusted.len >= LIMIT_COMMENT ||
	    !minisign_prefix(&untrusted, MINISIGN_UNTRUSTED) ||
	    !minisign_next(&text, &sig) || !minisign_next(&text, &trusted) ||
	    !minisign_prefix(&trusted, MINISIGN_TRUSTED) ||
	    !minisign_next(&text, &global) || !minisign_end(&text) ||
	    !minisign_base64(rec, sizeof rec, &sig) ||
	    !minisign_base64(out->global, sizeof out->global, &global))
		return cause_set(why, FAULT_FORMAT,
		    N_("this is not a minisign signature file of four lines"));
	if (trusted.len > LIMIT_TRUSTED_COMMENT ||
	    !minisign_printable(trusted.at, trusted.len))
		return cause_set(why, FAULT_FORMAT,
		    N_("the trusted comment is too long or not printable"));
	/* After the grammar, so that this sentence is true when it is read. */
	if (memcmp(rec, "Ed", 2) == 0)
		return cause_set(why, FAULT_SIGNATURE,
		    N_("a legacy signature, not prehashed, is not accepted; "
		       "sign again with minisign 0.10 or later"));
	if (memcmp(rec, "ED", 2) != 0)
		return cause_set(why, FAULT_FORMAT,
		    N_("the signature file names an unknown algorithm"));
	memcpy(out->key_id, rec + SIG_ID, sizeof out->key_id);
	memcpy(out->signature, rec + SIG_SIG, sizeof out->signature);
	memcpy(out->trusted_comment, trusted.at, trusted.len);
	return FAULT_NONE;
}

enum fault
signature_verify(const struct signature *s, const struct public_key *k,
    const void *bytes, size_t len, struct cause *why)
{
	uint8_t hash[MINISIGN_PREHASH_LEN] = { 0 };
	uint8_t *covered = NULL;
	size_t n = 0;
	enum fault f = FAULT_NONE;

	/* The id decides nothing, but it tells a wrong key from a wrong file.
	 */
	if (memcmp(s->key_id, k->id, sizeof s->key_id) != 0)
		return cause_set(why, FAULT_UNKNOWN_SIGNER,
		    N_("the signature names another key"));
	(void)crypto_generichash(hash, sizeof hash, bytes, len, NULL, 0);
	if (crypto_sign_verify_detached(
		s->signature, hash, sizeof hash, k->key) != 0)
		return cause_set(why, FAULT_SIGNATURE,
		    N_("the signature does not hold over these bytes"));
	f = global_bytes(&covered, &n, s->signature, s->trusted_comment, why);
	if (f == FAULT_NONE &&
	    crypto_sign_verify_detached(s->global, covered, n, k->key) != 0)
		f = cause_set(why, FAULT_SIGNATURE,
		    N_("the trusted comment is not the one that was signed"));
	free(covered);
	return f;
}
