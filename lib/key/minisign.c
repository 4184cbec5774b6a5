/*
 * minisign: reads lines strictly.  minisign itself ends a line at its first CR
 * and ignores what follows the last line it wants; we refuse both, so that one
 * file never means two things.
 */
#include <string.h>

#include "key/base64.h"
#include "key/minisign.h"
#include "text/utf8.h"

bool
minisign_next(struct minisign_text *text, struct minisign_line *line)
{
	const char *lf = NULL;
	size_t len = 0;

	if (text->left == 0)
		return false;
	lf = memchr(text->at, '\n', text->left);
	len = lf == NULL ? text->left : (size_t)(lf - text->at);
	line->at = text->at;
	line->len = len;
	text->at += len + (lf != NULL);
	text->left -= len + (lf != NULL);
	/* Files that passed through Windows carry CR LF. */
	if (line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	return memchr(line->at, '\r', line->len) == NULL &&
	    memchr(line->at, '\0', line->len) == NULL;
}

bool
minisign_prefix(struct minisign_line *line, const char *prefix)
{
	size_t n = strlen(prefix);

	if (line->len < n || memcmp(line->at, prefix, n) != 0)
		return false;
	line->at += n;
	line->len -= n;
	return true;
}

bool
minisign_end(const struct minisign_text *text)
{
	for (size_t i = 0; i < text->left; i++)
		if (text->at[i] != '\n' && text->at[i] != '\r')
			return false;
	return true;
}

bool
minisign_base64(uint8_t *out, size_t n, const struct minisign_line *line)
{
	return base64_padded(out, n, line->at, line->len);
}

bool
minisign_printable(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return utf8_valid(text, len) == len;
}
