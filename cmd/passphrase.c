/*
 * passphrase: from a file, or from the terminal without echo; never from the
 * command line, where every process could read it.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/io.h"
#include "base/limits.h"

#define PASSPHRASE_MAX 1024

/* The first line of a file, without its newline. */
static enum fault
from_file(const char *path, struct buf *out, struct cause *why)
{
	struct buf all = BUF_MAX(LIMIT_KEY_FILE);
	enum fault f;
	size_t len;

	if ((f = io_load(&all, AT_FDCWD, path, why)) != FAULT_NONE)
		goto out;
	len = strcspn(buf_text(&all), "\r\n");
	if (len == 0 || len > PASSPHRASE_MAX) {
		cause_place(why, path, 0, NULL, UINT64_MAX);
		f = cause_set(why, FAULT_PASSPHRASE,
		    N_("the first line of the file must be the passphrase"));
		goto out;
	}
	if ((f = buf_put(out, all.data, len)) != FAULT_NONE)
		f = cause_memory(why);
out:
	buf_wipe(&all);
	return f;
}

/* Reads one line from the terminal, echo off, byte by byte: no stdio buffer
 * may keep a copy. */
static enum fault
ask(int tty, const char *prompt, struct buf *out, struct cause *why)
{
	struct termios was, quiet;
	enum fault f = FAULT_NONE;
	ssize_t n = 0;
	char c = 0;

	if (tcgetattr(tty, &was) != 0)
		return cause_system(why, "tcgetattr", "/dev/tty");
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(tty, TCSAFLUSH, &quiet) != 0)
		return cause_system(why, "tcsetattr", "/dev/tty");
	f = io_write(tty, prompt, strlen(prompt), "/dev/tty", why);
	while (f == FAULT_NONE && out->len < PASSPHRASE_MAX) {
		n = read(tty, &c, 1);
		if (n < 0 && errno == EINTR)
			f = cause_set(why, FAULT_INTERRUPTED, "%s", "");
		if (n <= 0 || c == '\n')
			break;
		if ((f = buf_put(out, &c, 1)) != FAULT_NONE)
			f = cause_memory(why);
	}
	c = 0;
	(void)tcsetattr(tty, TCSAFLUSH, &was);
	if (f == FAULT_NONE)
		f = io_write(tty, "\n", 1, "/dev/tty", why);
	return f;
}

enum fault
cli_passphrase(const struct cli *cli, const char *prompt, bool twice,
    struct buf *out, struct cause *why)
{
	const char *file = cli_value(cli, "passphrase-file");
	struct buf again = BUF_MAX(PASSPHRASE_MAX);
	enum fault f;
	int tty;

	if (file != NULL)
		return from_file(file, out, why);
	if ((tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0)
		return cause_set(why, FAULT_PASSPHRASE,
		    N_("there is no terminal to ask on; give "
		       "--passphrase-file"));
	f = ask(tty, prompt, out, why);
	if (f == FAULT_NONE && twice) {
		f = ask(tty, _("The same again: "), &again, why);
		if (f == FAULT_NONE &&
		    (again.len != out->len ||
			memcmp(again.data, out->data, out->len) != 0))
			f = cause_set(why, FAULT_PASSPHRASE,
			    N_("the two are not the same"));
	}
	if (f == FAULT_NONE && out->len == 0)
		f = cause_set(why, FAULT_PASSPHRASE, N_("it is empty"));
	buf_wipe(&again);
	(void)close(tty);
	return f;
}
