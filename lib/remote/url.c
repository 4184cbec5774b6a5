/*
 * url: the drop's address, parsed by hand: libcurl's parser would accept far
 * more forms (passwords, queries, guesses at a scheme) than an agreement that
 * people sign should contain.
 */
#include "remote/url.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/intl.h"

static bool
is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Decodes %XX.  A '/' or control byte that was hidden by %XX is refused: two
 * readers of the same agreement must not see two different paths.
 */
static bool
decode(char *out, size_t cap, const char *from, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = from[i];

		if (c == '%') {
			int hi = len - i > 2 ? hex_digit(from[i + 1]) : -1;
			int lo = len - i > 2 ? hex_digit(from[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return false;
			c = (char)(hi * 16 + lo);
			if (c == '/')
				return false;
			i += 2;
		} else if (c == '?' || c == '#') {
			return false;
		}
		if (is_control((unsigned char)c) || n + 1 >= cap)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return true;
}

/* Collapses repeated slashes, drops a final one; no "." and ".." segments. */
static bool
tidy_path(char *path)
{
	char *to = path;
	const char *from = path;

	while (*from != '\0') {
		size_t len;

		while (*from == '/')
			from++;
		len = strcspn(from, "/");
		if (len == 0)
			break;
		if ((len == 1 && from[0] == '.') ||
		    (len == 2 && from[0] == '.' && from[1] == '.'))
			return false;
		*to++ = '/';
		memmove(to, from, len);
		to += len;
		from += len;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
	return true;
}

static bool
parse_port(unsigned *out, const char *text, size_t len)
{
	unsigned port = 0;

	if (len == 0 || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		port = port * 10 + (unsigned)(text[i] - '0');
	}
	*out = port;
	return port >= 1 && port <= 65535;
}

/* Letters, digits, '.', '-', '_'; in brackets what an IPv6 address is made of.
 * Nothing else reaches libcurl, which builds a URL of its own from it. */
static bool
parse_host(struct url *u, const char *text, size_t len)
{
	static const char name_bytes[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    ".-_";
	static const char v6_bytes[] = "0123456789abcdefABCDEF:.";
	const char *allowed = name_bytes;

	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		allowed = v6_bytes;
		text++;
		len -= 2;
		if (memchr(text, ':', len) == NULL)
			return false;
	}
	if (len == 0 || len >= sizeof(u->host))
		return false;
	memcpy(u->host, text, len);
	u->host[len] = '\0';
	return u->host[0] != '-' && strspn(u->host, allowed) == len;
}

static enum fault
parse_authority(struct url *u, const char *text, size_t len, struct cause *why)
{
	const char *at = memrchr(text, '@', len);
	const char *colon;
	size_t host_len;

	if (at != NULL) {
		size_t n = (size_t)(at - text);

		if (memchr(text, ':', n) != NULL)
			return cause_set(why, FAULT_FORMAT,
			    N_("a URL of a drop holds no password"));
		if (n == 0 || !decode(u->user, sizeof(u->user), text, n))
			return cause_set(why, FAULT_FORMAT,
			    N_("the user name in the drop's URL is wrong"));
		text = at + 1;
		len -= n + 1;
	}
	colon = memrchr(text, ':', len);
	/* A colon inside brackets belongs to the address. */
	if (colon != NULL && memchr(colon, ']', len - (size_t)(colon - text)))
		colon = NULL;
	host_len = colon != NULL ? (size_t)(colon - text) : len;
	u->port = 22;
	if (colon != NULL &&
	    !parse_port(&u->port, colon + 1, len - host_len - 1))
		return cause_set(why, FAULT_FORMAT,
		    N_("the port in the drop's URL is not 1 to 65535"));
	if (!parse_host(u, text, host_len))
		return cause_set(why, FAULT_FORMAT,
		    N_("the host in the drop's URL is missing or wrong"));
	return FAULT_NONE;
}

enum fault
url_parse(struct url *out, const char *text, struct cause *why)
{
	struct url u = { .scheme = URL_SFTP };
	enum fault f = FAULT_NONE;
	size_t len;

	if (strncmp(text, "sftp://", 7) == 0) {
		text += 7;
	} else if (strncmp(text, "file://", 7) == 0) {
		u.scheme = URL_FILE;
		text += 7;
	} else {
		return cause_set(why, FAULT_FORMAT,
		    N_("a drop's URL begins "
		       "with \"sftp://\" or \"file:///\""));
	}
	len = strcspn(text, "/");
	if (u.scheme == URL_FILE && len != 0)
		return cause_set(why, FAULT_FORMAT,
		    N_("a \"file:\" URL names no host: file:///path"));
	if (u.scheme == URL_SFTP)
		f = parse_authority(&u, text, len, why);
	if (f != FAULT_NONE)
		return f;
	if (text[len] != '/' ||
	    !decode(u.path, sizeof(u.path), text + len, strlen(text + len)) ||
	    !tidy_path(u.path))
		return cause_set(why, FAULT_FORMAT,
		    N_("the path in the drop's "
		       "URL is missing, too long or not plain"));
	*out = u;
	return FAULT_NONE;
}
