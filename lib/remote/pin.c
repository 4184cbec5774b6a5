/*
 * pin: host keys compared as whole keys, not as fingerprints: the pinned line
 * is what people signed, and equal bytes leave nothing to argue about.
 */
#include "remote/pin.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/intl.h"
#include "key/hash.h"

/* The largest key of these types: nistp521, 172 bytes of wire form. */
#define KEY_MAX 192
#define BASE64_MAX (KEY_MAX / 3 * 4 + 1)

static const char *const types[] = { "ssh-ed25519", "ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp521" };
#define N_TYPES (sizeof(types) / sizeof(types[0]))

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* out holds (len + 2) / 3 * 4 + 1 bytes. */
static void
base64_encode(char *out, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t v = (uint32_t)bytes[i] << 16;

		if (n > 1)
			v |= (uint32_t)bytes[i + 1] << 8;
		if (n > 2)
			v |= bytes[i + 2];
		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = n > 1 ? digits[v >> 6 & 63] : '=';
		*out++ = n > 2 ? digits[v & 63] : '=';
	}
	*out = '\0';
}

/* Only for showing a pinned key's fingerprint: strictness is of no use here. */
static size_t
base64_decode(unsigned char out[KEY_MAX], const char *text, size_t len)
{
	size_t n = 0;
	uint32_t v = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < len && text[i] != '='; i++) {
		const char *at = memchr(digits, text[i], 64);

		if (at == NULL || n == KEY_MAX)
			return 0;
		v = v << 6 | (uint32_t)(at - digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[n++] = (unsigned char)(v >> bits & 255);
		}
	}
	return n;
}

/* Splits a pinned line; false when it has no second word. */
static bool
split(const char *line, size_t *type_len, const char **key, size_t *key_len)
{
	static const char blank[] = " \t\r\n";

	line += strspn(line, blank);
	*type_len = strcspn(line, blank);
	*key = line + *type_len;
	*key += strspn(*key, blank);
	*key_len = strcspn(*key, blank);
	return *key_len > 0;
}

static bool
is_type(const char *line, const char *type)
{
	size_t type_len;
	const char *key;
	size_t key_len;

	if (!split(line, &type_len, &key, &key_len))
		return false;
	line += strspn(line, " \t\r\n");
	return type_len == strlen(type) && memcmp(line, type, type_len) == 0;
}

static bool
is_pinned_type(const struct pins *pins, const char *type)
{
	for (size_t i = 0; i < pins->n; i++)
		if (is_type(pins->line[i], type))
			return true;
	return false;
}

bool
pin_methods(const struct pins *pins, char out[PIN_METHODS_MAX])
{
	size_t used = 0;
	bool any = false;

	/* Two passes over the types: the pinned ones, then the rest. */
	for (size_t i = 0; i < 2 * N_TYPES; i++) {
		const char *type = types[i % N_TYPES];
		bool pinned = is_pinned_type(pins, type);

		if (pinned != (i < N_TYPES))
			continue;
		any = any || pinned;
		/* The four names with commas are 79 bytes. */
		used += (size_t)snprintf(out + used, PIN_METHODS_MAX - used,
		    "%s%s", used > 0 ? "," : "", type);
	}
	return any;
}

/* The type inside the wire form; NULL when it is none of ours. */
static const char *
wire_type(const unsigned char *key, size_t len)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		size_t n = strlen(types[i]);

		if (len > n + 4 && key[0] == 0 && key[1] == 0 && key[2] == 0 &&
		    key[3] == n && memcmp(key + 4, types[i], n) == 0)
			return types[i];
	}
	return NULL;
}

bool
pin_holds(const struct pins *pins, const unsigned char *key, size_t len)
{
	const char *type = wire_type(key, len);
	char shown[BASE64_MAX];

	if (type == NULL || len > KEY_MAX)
		return false;
	base64_encode(shown, key, len);
	for (size_t i = 0; i < pins->n; i++) {
		const char *text;
		size_t text_len;
		size_t type_len;

		if (is_type(pins->line[i], type) &&
		    split(pins->line[i], &type_len, &text, &text_len) &&
		    text_len == strlen(shown) &&
		    memcmp(text, shown, text_len) == 0)
			return true;
	}
	return false;
}

enum fault
pin_fingerprint(
    char out[PIN_FINGERPRINT_MAX], const unsigned char *key, size_t len)
{
	const char *type = wire_type(key, len);
	uint8_t hash[HASH_LEN];
	char text[HASH_LEN / 3 * 4 + 5];
	enum fault f;

	if ((f = hash_bytes(hash, key, len)) != FAULT_NONE)
		return f;
	base64_encode(text, hash, sizeof(hash));
	text[strcspn(text, "=")] = '\0'; /* as OpenSSH shows it */
	(void)snprintf(out, PIN_FINGERPRINT_MAX, "%s SHA256:%s",
	    type != NULL ? type : "unknown", text);
	return FAULT_NONE;
}

enum fault
pin_fault(const struct pins *pins, const char *seen, struct cause *why)
{
	char pinned[3 * PIN_FINGERPRINT_MAX] = "";
	size_t used = 0;

	for (size_t i = 0; i < pins->n; i++) {
		unsigned char key[KEY_MAX];
		char print[PIN_FINGERPRINT_MAX];
		const char *text;
		size_t text_len;
		size_t type_len;
		size_t len = 0;

		if (split(pins->line[i], &type_len, &text, &text_len))
			len = base64_decode(key, text, text_len);
		if (len == 0 || wire_type(key, len) == NULL ||
		    !is_type(pins->line[i], wire_type(key, len)) ||
		    used + sizeof(print) + 2 > sizeof(pinned) ||
		    pin_fingerprint(print, key, len) != FAULT_NONE)
			continue;
		used += (size_t)snprintf(pinned + used, sizeof(pinned) - used,
		    "%s%s", used > 0 ? ", " : "", print);
	}
	if (used == 0)
		return cause_set(why, FAULT_HOST_KEY,
		    N_("no host key of a "
		       "usable type (ssh-ed25519, ecdsa-sha2-nistp256, -384, "
		       "-521) is pinned for this drop"));
	return cause_set(why, FAULT_HOST_KEY,
	    N_("the server shows %s; pinned: %s"), seen, pinned);
}
