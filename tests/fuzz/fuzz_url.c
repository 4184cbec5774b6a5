/*
 * fuzz_url: an address that parses is put together again from its parts and
 * read as the same; what an agreement may call a drop the carrier understands;
 * a refusal never repeats the address, which may hold a password.
 */
#include "fuzz.h"
#include "record/drop.h"
#include "remote/url.h"

static void
put_escaped(struct buf *out, const char *text, const char *bare)
{
	for (; *text != '\0'; text++) {
		const bool plain = strchr(bare, *text) != NULL;

		FUZZ_HOLD((plain ? buf_putf(out, "%c", *text)
				 : buf_putf(out, "%%%02X",
				       (unsigned)(unsigned char)*text)) ==
		    FAULT_NONE);
	}
}

static void
hold_again(const struct url *url)
{
	const bool v6 = strchr(url->host, ':') != NULL;
	struct buf out = FUZZ_BUF;
	struct url again;
	enum fault f = FAULT_NONE;

	if (url->scheme == URL_FILE) {
		FUZZ_HOLD(url->host[0] == '\0' && url->user[0] == '\0');
		f = buf_puts(&out, "file://");
	} else {
		f = buf_puts(&out, "sftp://");
		put_escaped(&out, url->user, "");
		if (f == FAULT_NONE && url->user[0] != '\0')
			f = buf_puts(&out, "@");
		if (f == FAULT_NONE)
			f = buf_putf(&out, v6 ? "[%s]:%u" : "%s:%u", url->host,
			    url->port);
	}
	FUZZ_HOLD(f == FAULT_NONE);
	put_escaped(&out, url->path, "/");
	FUZZ_HOLD(url_parse(&again, buf_text(&out), NULL) == FAULT_NONE);
	FUZZ_HOLD(again.scheme == url->scheme && again.port == url->port);
	FUZZ_HOLD(strcmp(again.host, url->host) == 0);
	FUZZ_HOLD(strcmp(again.user, url->user) == 0);
	FUZZ_HOLD(strcmp(again.path, url->path) == 0);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct cause why;
	struct url url;
	enum fault f = FAULT_NONE;

	memset(&url, 0, sizeof(url));
	cause_clear(&why);
	f = url_parse(&url, text, &why);
	if (f == FAULT_NONE) {
		FUZZ_HOLD(url.path[0] == '/');
		FUZZ_HOLD(strstr(url.path, "/../") == NULL);
		FUZZ_HOLD(strstr(url.path, "//") == NULL);
		hold_again(&url);
	} else {
		fuzz_refused(f, FAULT_FORMAT, FAULT_FORMAT, &why);
		FUZZ_HOLD(url.path[0] == '\0');
	}
	if (drop_url_ok(text))
		FUZZ_HOLD(f == FAULT_NONE);
	(void)drop_host_key_ok(text);
	free(text);
	return 0;
}
