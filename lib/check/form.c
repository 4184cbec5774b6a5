/*
 * form: RFC 5322 dot-atoms at a host name, RFC 3986 with a scheme, RFC 9562,
 * byte by byte.
 */
#include "check/form.h"

#include <arpa/inet.h>
#include <string.h>

#define EMAIL_MAX 254 /* RFC 5321, less the angle brackets */
#define LOCAL_MAX 64  /* RFC 5321, 4.5.3.1.1 */
#define LABEL_MAX 63  /* RFC 1035 */
#define URI_MAX 2048  /* what every tool still takes */
#define IPV6_MAX 45   /* the longest, with an IPv4 tail */

/* A part of a text. */
struct span {
	const char *at;
	size_t len;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
is_word(char c)
{
	return is_digit(c) || is_letter(c);
}

/* A byte of the list; NUL is in none. */
static bool
is_of(char c, const char *list)
{
	return c != '\0' && strchr(list, c) != NULL;
}

/* Takes what stands before the byte off the front; the byte goes too. */
static bool
take_until(struct span *rest, char stop, struct span *out)
{
	const char *at =
	    rest->len == 0 ? NULL : memchr(rest->at, stop, rest->len);

	if (at == NULL)
		return false;
	*out = (struct span){ rest->at, (size_t)(at - rest->at) };
	rest->len -= out->len + 1;
	rest->at = at + 1;
	return true;
}

/* ---- email ---- */

static bool
local_holds(struct span s)
{
	size_t i = 0;
	bool atom = false;

	if (s.len > LOCAL_MAX)
		return false;
	for (i = 0; i < s.len; i++) {
		if (s.at[i] == '.' && !atom)
			return false;
		atom = s.at[i] != '.';
		if (atom && !is_word(s.at[i]) &&
		    !is_of(s.at[i], "!#$%&'*+-/=?^_`{|}~"))
			return false;
	}
	return atom;
}

static bool
label_holds(struct span s)
{
	size_t i = 0;

	if (s.len == 0 || s.len > LABEL_MAX || s.at[0] == '-' ||
	    s.at[s.len - 1] == '-')
		return false;
	for (i = 0; i < s.len; i++)
		if (!is_word(s.at[i]) && s.at[i] != '-')
			return false;
	return true;
}

/* Two labels or more; one of digits last would be an address of IPv4. */
static bool
domain_holds(struct span s)
{
	struct span label = { NULL, 0 };
	size_t n = 0;
	size_t i = 0;

	for (n = 0; take_until(&s, '.', &label); n++)
		if (!label_holds(label))
			return false;
	while (i < s.len && is_digit(s.at[i]))
		i++;
	return n > 0 && i < s.len && label_holds(s);
}

static bool
email_holds(struct span s)
{
	struct span local = { NULL, 0 };

	return s.len <= EMAIL_MAX && take_until(&s, '@', &local) &&
	    local_holds(local) && domain_holds(s);
}

/* ---- uri ---- */

static bool
scheme_holds(struct span s)
{
	size_t i = 0;

	if (s.len == 0 || !is_letter(s.at[0]))
		return false;
	for (i = 1; i < s.len; i++)
		if (!is_word(s.at[i]) && !is_of(s.at[i], "+-."))
			return false;
	return true;
}

/* Unreserved, sub-delims and what is escaped; and the bytes of "more". */
static bool
chars_hold(struct span s, const char *more)
{
	size_t i = 0;

	for (i = 0; i < s.len; i++) {
		if (is_word(s.at[i]) || is_of(s.at[i], "-._~!$&'()*+,;=") ||
		    is_of(s.at[i], more))
			continue;
		if (s.at[i] != '%' || s.len - i < 3 || !is_hex(s.at[i + 1]) ||
		    !is_hex(s.at[i + 2]))
			return false;
		i += 2;
	}
	return true;
}

static bool
port_holds(struct span s)
{
	size_t i = 0;

	while (i < s.len && is_digit(s.at[i]))
		i++;
	return i == s.len;
}

/* An IPv6 address up to its bracket, and the port behind it. */
static bool
bracket_holds(struct span s)
{
	struct in6_addr address;
	struct span ip = { NULL, 0 };
	char text[IPV6_MAX + 1] = "";

	if (!take_until(&s, ']', &ip) || ip.len > IPV6_MAX)
		return false;
	memcpy(text, ip.at, ip.len);
	if (strlen(text) != ip.len || inet_pton(AF_INET6, text, &address) != 1)
		return false;
	return s.len == 0 ||
	    (s.at[0] == ':' &&
		port_holds((struct span){ s.at + 1, s.len - 1 }));
}

/* [userinfo@]host[:port] */
static bool
authority_holds(struct span s, bool needs_host)
{
	struct span user = { NULL, 0 };
	struct span host = { NULL, 0 };

	if (take_until(&s, '@', &user) && !chars_hold(user, ":"))
		return false;
	if (s.len > 0 && s.at[0] == '[')
		return bracket_holds((struct span){ s.at + 1, s.len - 1 });
	if (!take_until(&s, ':', &host)) {
		host = s;
		s.len = 0;
	}
	return (host.len > 0 || !needs_host) && chars_hold(host, "") &&
	    port_holds(s);
}

/* The bytes before the first of the list. */
static size_t
span_before(struct span s, const char *list)
{
	size_t i = 0;

	while (i < s.len && !is_of(s.at[i], list))
		i++;
	return i;
}

static bool
is_web(struct span scheme)
{
	static const char web[] = "https";
	size_t i = 0;

	if (scheme.len < 4 || scheme.len > 5)
		return false;
	/* Letters, and the fifth bit is all that tells their case. */
	while (i < scheme.len && (scheme.at[i] | 0x20) == web[i])
		i++;
	return i == scheme.len;
}

static bool
uri_holds(struct span s)
{
	struct span scheme = { NULL, 0 };
	struct span part = { NULL, 0 };
	bool web = false;

	if (s.len > URI_MAX || !take_until(&s, ':', &scheme) ||
	    !scheme_holds(scheme))
		return false;
	web = is_web(scheme);
	if (s.len >= 2 && s.at[0] == '/' && s.at[1] == '/') {
		part = (struct span){ s.at + 2, s.len - 2 };
		part.len = span_before(part, "/?#");
		if (!authority_holds(part, web))
			return false;
		s.len -= part.len + 2;
		s.at = part.at + part.len;
	} else if (web) {
		return false;
	}
	part = (struct span){ s.at, span_before(s, "?#") };
	if (!chars_hold(part, ":@/"))
		return false;
	/* The query, and behind one # the fragment, may hold the same. */
	if (take_until(&s, '#', &part) && !chars_hold(part, ":@/?"))
		return false;
	return chars_hold(s, ":@/?");
}

/* ---- uuid ---- */

static bool
uuid_holds(struct span s)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i = 0;

	if (s.len != sizeof(form) - 1)
		return false;
	while (i < s.len && (form[i] == '-' ? s.at[i] == '-' : is_hex(s.at[i])))
		i++;
	return i == s.len;
}

bool
form_find(enum form *out, const char *format)
{
	/* By enum form. */
	static const char *const names[] = { "default", "email", "uri",
		"uuid" };
	size_t i = 0;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(format, names[i]) == 0) {
			*out = (enum form)i;
			return true;
		}
	}
	return false;
}

bool
form_holds(enum form form, const char *text, size_t len)
{
	struct span s = { text, len };

	switch (form) {
	case FORM_EMAIL:
		return email_holds(s);
	case FORM_URI:
		return uri_holds(s);
	case FORM_UUID:
		return uuid_holds(s);
	case FORM_ANY:
		break;
	}
	return true;
}
