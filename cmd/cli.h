/*
 * cli: words on the command line into a command, faults into an exit status,
 * facts into text or JSON.
 *
 * One table a program: the parser, --help and (by a lint) the manual all come
 * from it.
 */
#ifndef CMD_CLI_H
#define CMD_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "text/writer.h"

struct cli;

struct cli_option {
	char letter;      /* or 0 */
	const char *name; /* without the dashes */
	const char *arg;  /* name of its argument, or NULL: a flag */
	const char *help; /* N_() */
};

struct cli_command {
	const char *words; /* "send", "agreement check" */
	const char *args;  /* "AGREEMENT/DATASET FILE..." */
	const char *help;  /* N_(), one line */
	int min;           /* arguments, at least */
	int max;           /* at most; -1 = any number */
	const struct cli_option *options;
	size_t n_options;
	enum exit_status (*run)(struct cli *cli);
};

struct cli_program {
	const char *name;
	const char *help; /* N_(), one line */
	const struct cli_command *commands;
	size_t n_commands;
};

/*
 * Reads the command line, sets up process, locale and log, and runs the
 * command.  Returns the exit status for main to return.
 */
int cli_main(const struct cli_program *program, int argc, char **argv);

/* ---- for commands ---- */

/* The home: --home, $SERAHTERIMA_HOME or /var/lib/serahterima. */
const char *cli_home(const struct cli *cli);
bool cli_json(const struct cli *cli);
bool cli_quiet(const struct cli *cli);
/* Arguments that follow the command's words. */
int cli_count(const struct cli *cli);
const char *cli_arg(const struct cli *cli, int i);
/* The arguments from the i-th on, cli_count - i of them. */
const char *const *cli_args(const struct cli *cli, int i);
/* An option's last value ("" for a flag), or NULL when not given. */
const char *cli_value(const struct cli *cli, const char *name);
/* The i-th value of an option that may be repeated, or NULL. */
const char *cli_value_at(const struct cli *cli, const char *name, size_t i);

/*
 * Tells a failure once: on stderr sentence, place and what to do next; with
 * --json also an object on stdout.  Returns the exit status of the fault.
 */
enum exit_status cli_fail(const struct cli *cli, const struct cause *why);

/* The "result" of a fault in JSON: "refused" (exit status 3), "waiting" (4) or
 * "failed" (1, 2). */
const char *cli_result(enum fault f);

/* Tells a person, on stderr, what is wrong with a subject (a parcel, a drop),
 * and what to do next. */
void cli_tell(const char *subject, enum fault f, const struct cause *why);

/* Members of a fault in an object that is being written: code, reason, clause,
 * file, row, column, rule, advice (those that are there).  A warning has no
 * code. */
void cli_write_cause(struct writer *w, const struct cause *why);

/* Prints the object on one line of stdout, frees the writer.  The object must
 * be open; it is closed here. */
void cli_print(struct writer *w);
/* Begins an object for cli_print; exits never, NULL when out of memory. */
struct writer *cli_object(void);

/*
 * The passphrase: from --passphrase-file, or asked on the terminal ("twice"
 * for a new one).  Wipe it with buf_wipe.  FAULT_PASSPHRASE when there is
 * neither file nor terminal.
 */
enum fault cli_passphrase(const struct cli *cli, const char *prompt, bool twice,
    struct buf *out, struct cause *why) FAULT_CHECKED;

#define CLI_PASSPHRASE_OPTION                                             \
	{                                                                 \
		0, "passphrase-file", "FILE",                             \
		    N_("read the passphrase from the first line of FILE") \
	}

#endif
