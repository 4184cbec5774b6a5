/*
 * cli: one table of commands and options gives parser and help alike.
 */
#include "cli.h"

#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

#include "base/intl.h"
#include "base/log.h"
#include "key/key.h"
#include "sys/process.h"

#define CLI_OPTIONS_MAX 24
#define CLI_DEFAULT_HOME "/var/lib/serahterima"

struct cli_given {
	const struct cli_option *option;
	const char *value;
};

struct cli {
	const struct cli_program *program;
	const struct cli_command *command;
	const char *home;
	bool json;
	enum log_level level;
	bool help;
	bool version;
	int argc;
	char **argv; /* what follows the command's words */
	struct cli_given *given;
	size_t n_given;
};

static const struct cli_option cli_common[] = {
	{ 0, "home", "DIR",
	    N_("the home; else $SERAHTERIMA_HOME, else "
	       "/var/lib/serahterima") },
	{ 0, "json", NULL, N_("machine output: one JSON object a line") },
	{ 'q', "quiet", NULL, N_("only errors") },
	{ 'v', "verbose", NULL, N_("say more; twice: everything") },
	{ 0, "help", NULL, N_("show this and exit") },
	{ 0, "version", NULL, N_("show the version and exit") },
};
#define CLI_COMMON (sizeof(cli_common) / sizeof(cli_common[0]))

/* ---- help ---- */

static void
help_option(const struct cli_option *o)
{
	char left[64];
	char letter[8] = "";

	if (o->letter != 0)
		(void)snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	(void)snprintf(left, sizeof(left), "%s--%s%s%s", letter, o->name,
	    o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
	(void)printf("  %-24s  %s\n", left, _(o->help));
}

static void
help_command(const struct cli *cli)
{
	const struct cli_command *c = cli->command;
	size_t i;

	(void)printf(_("usage: %s %s%s%s [options]\n"), cli->program->name,
	    c->words, c->args[0] != '\0' ? " " : "", c->args);
	(void)printf("%s\n\n", _(c->help));
	for (i = 0; i < c->n_options; i++)
		help_option(&c->options[i]);
	for (i = 0; i < CLI_COMMON; i++)
		help_option(&cli_common[i]);
}

static void
help_program(const struct cli *cli)
{
	const struct cli_program *p = cli->program;
	size_t i;

	(void)printf(_("usage: %s COMMAND [options]\n"), p->name);
	(void)printf("%s\n\n", _(p->help));
	for (i = 0; i < p->n_commands; i++)
		(void)printf("  %-20s  %s\n", p->commands[i].words,
		    _(p->commands[i].help));
	(void)printf("\n");
	for (i = 0; i < CLI_COMMON; i++)
		help_option(&cli_common[i]);
}

/* ---- parsing ---- */

static void
set_common(struct cli *cli, const struct cli_option *o, const char *value)
{
	if (strcmp(o->name, "home") == 0)
		cli->home = value;
	else if (strcmp(o->name, "json") == 0)
		cli->json = true;
	else if (strcmp(o->name, "quiet") == 0)
		cli->level = LOG_LEVEL_ERROR;
	else if (strcmp(o->name, "verbose") == 0)
		cli->level = cli->level >= LOG_LEVEL_INFO ? LOG_LEVEL_DEBUG
							  : LOG_LEVEL_INFO;
	else if (strcmp(o->name, "help") == 0)
		cli->help = true;
	else
		cli->version = true;
}

/* Options of the command (may be none) and the common ones, for getopt. */
static size_t
collect(const struct cli *cli, const struct cli_option **all,
    struct option *longs, char *shorts)
{
	size_t i, n = 0, s = 0;

	for (i = 0; cli->command != NULL && i < cli->command->n_options; i++)
		all[n++] = &cli->command->options[i];
	for (i = 0; i < CLI_COMMON; i++)
		all[n++] = &cli_common[i];
	/* Before the command is known, stop at the first word. */
	if (cli->command == NULL)
		shorts[s++] = '+';
	shorts[s++] = ':';
	for (i = 0; i < n; i++) {
		longs[i].name = all[i]->name;
		longs[i].has_arg =
		    all[i]->arg != NULL ? required_argument : no_argument;
		longs[i].flag = NULL;
		longs[i].val = (int)(256 + i);
		if (all[i]->letter == 0)
			continue;
		shorts[s++] = all[i]->letter;
		if (all[i]->arg != NULL)
			shorts[s++] = ':';
	}
	memset(&longs[n], 0, sizeof(longs[n]));
	shorts[s] = '\0';
	return n;
}

static const struct cli_option *
chosen(const struct cli_option **all, size_t n, int c)
{
	size_t i;

	if (c >= 256 && (size_t)(c - 256) < n)
		return all[c - 256];
	for (i = 0; i < n; i++)
		if (all[i]->letter == c)
			return all[i];
	return NULL;
}

static bool
is_common(const struct cli_option *o)
{
	return o >= cli_common && o < cli_common + CLI_COMMON;
}

/* What getopt stumbled over.  A letter inside a cluster (-xq) is no word of the
 * command line, and optind has not passed the cluster yet. */
static enum fault
not_understood(int c, char **argv, struct cause *why)
{
	const char letter[3] = { '-', (char)optopt, '\0' };
	bool cluster = c == '?' && optopt > 0 && optopt < 256;

	return cause_set(why, FAULT_USAGE,
	    c == ':' ? N_("%s needs an argument") : N_("%s is no option here"),
	    cluster ? letter : argv[optind - 1]);
}

static enum fault
parse(struct cli *cli, int argc, char **argv, struct cause *why)
{
	const struct cli_option *all[CLI_OPTIONS_MAX];
	struct option longs[CLI_OPTIONS_MAX + 1];
	char shorts[2 * CLI_OPTIONS_MAX + 3];
	const struct cli_option *o;
	size_t n = collect(cli, all, longs, shorts);
	int c;

	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		o = c == '?' || c == ':' ? NULL : chosen(all, n, c);
		if (o == NULL)
			return not_understood(c, argv, why);
		if (is_common(o)) {
			set_common(cli, o, optarg);
			continue;
		}
		cli->given[cli->n_given].option = o;
		cli->given[cli->n_given++].value = optarg != NULL ? optarg : "";
	}
	cli->argc = argc - optind;
	cli->argv = argv + optind;
	return FAULT_NONE;
}

/* The command whose words begin argv; how many words it has. */
static const struct cli_command *
match(const struct cli_program *p, int argc, char **argv, int *words)
{
	char two[64];
	size_t i;

	for (*words = 2; *words >= 1; (*words)--) {
		if (argc < *words)
			continue;
		(void)snprintf(two, sizeof(two), "%s%s%s", argv[0],
		    *words == 2 ? " " : "", *words == 2 ? argv[1] : "");
		for (i = 0; i < p->n_commands; i++)
			if (strcmp(two, p->commands[i].words) == 0)
				return &p->commands[i];
	}
	return NULL;
}

static enum fault
choose(struct cli *cli, struct cause *why)
{
	int words = 0;

	if (cli->argc == 0)
		return cause_set(why, FAULT_USAGE, N_("no command given"));
	cli->command = match(cli->program, cli->argc, cli->argv, &words);
	if (cli->command == NULL)
		return cause_set(why, FAULT_USAGE,
		    N_("%s%s%s is no command; see: %s --help"), cli->argv[0],
		    cli->argc > 1 ? " " : "", cli->argc > 1 ? cli->argv[1] : "",
		    cli->program->name);
	/* getopt wants a program name before the first option. */
	return parse(
	    cli, cli->argc - (words - 1), cli->argv + (words - 1), why);
}

static enum fault
understand(struct cli *cli, int argc, char **argv, struct cause *why)
{
	enum fault f;

	if ((f = parse(cli, argc, argv, why)) != FAULT_NONE)
		return f;
	if (cli->help || cli->version)
		return FAULT_NONE;
	if ((f = choose(cli, why)) != FAULT_NONE || cli->help || cli->version)
		return f;
	if (cli->argc < cli->command->min)
		return cause_set(why, FAULT_USAGE, N_("%s needs: %s"),
		    cli->command->words, cli->command->args);
	if (cli->command->max >= 0 && cli->argc > cli->command->max)
		return cause_set(why, FAULT_USAGE,
		    N_("%s is one argument too many"),
		    cli->argv[cli->command->max]);
	return FAULT_NONE;
}

static void
speak(void)
{
	const char *dir = getenv("TEXTDOMAINDIR");

	/* Numbers, dates and sorting stay those of C: files depend on them. */
	(void)setlocale(LC_CTYPE, "");
	(void)setlocale(LC_MESSAGES, "");
	(void)bindtextdomain(PACKAGE, dir != NULL ? dir : LOCALEDIR);
	(void)bind_textdomain_codeset(PACKAGE, "UTF-8");
	(void)textdomain(PACKAGE);
}

static enum exit_status
perform(struct cli *cli, int argc, char **argv)
{
	struct cause why;
	enum fault f;

	cause_clear(&why);
	f = understand(cli, argc, argv, &why);
	log_setup(cli->program->name, cli->level);
	if (f == FAULT_NONE && cli->version) {
		(void)printf("%s (%s) %s\n", cli->program->name, PACKAGE_NAME,
		    PACKAGE_VERSION);
		return EXIT_STATUS_DONE;
	}
	if (f == FAULT_NONE && cli->help) {
		if (cli->command != NULL)
			help_command(cli);
		else
			help_program(cli);
		return EXIT_STATUS_DONE;
	}
	if (f == FAULT_NONE)
		f = process_setup(&why);
	if (f == FAULT_NONE)
		f = key_setup(&why);
	if (f != FAULT_NONE)
		return cli_fail(cli, &why);
	return cli->command->run(cli);
}

int
cli_main(const struct cli_program *program, int argc, char **argv)
{
	struct cli cli;
	enum exit_status status;

	memset(&cli, 0, sizeof(cli));
	cli.program = program;
	cli.level = LOG_LEVEL_WARN;
	log_setup(program->name, cli.level);
	speak();
	/* Each argument is at most one option. */
	cli.given = calloc((size_t)argc + 1, sizeof(*cli.given));
	if (cli.given == NULL) {
		log_error("%s", fault_text(FAULT_MEMORY));
		return EXIT_STATUS_OURS;
	}
	status = perform(&cli, argc, argv);
	free(cli.given);
	/* Output that was lost (a full disk) is not success. */
	if ((fflush(stdout) != 0 || ferror(stdout) != 0) &&
	    status == EXIT_STATUS_DONE) {
		log_error("%s", _("standard output cannot be written"));
		status = EXIT_STATUS_OURS;
	}
	return (int)status;
}

/* ---- for commands ---- */

const char *
cli_home(const struct cli *cli)
{
	const char *env = getenv("SERAHTERIMA_HOME");

	if (cli->home != NULL)
		return cli->home;
	return env != NULL && env[0] != '\0' ? env : CLI_DEFAULT_HOME;
}

bool
cli_json(const struct cli *cli)
{
	return cli->json;
}

bool
cli_quiet(const struct cli *cli)
{
	return cli->level == LOG_LEVEL_ERROR;
}

int
cli_count(const struct cli *cli)
{
	return cli->argc;
}

const char *
cli_arg(const struct cli *cli, int i)
{
	return i < cli->argc ? cli->argv[i] : NULL;
}

const char *const *
cli_args(const struct cli *cli, int i)
{
	return (const char *const *)cli->argv + i;
}

const char *
cli_value_at(const struct cli *cli, const char *name, size_t i)
{
	size_t j;

	for (j = 0; j < cli->n_given; j++)
		if (strcmp(cli->given[j].option->name, name) == 0 && i-- == 0)
			return cli->given[j].value;
	return NULL;
}

const char *
cli_value(const struct cli *cli, const char *name)
{
	const char *value = NULL;
	size_t j;

	for (j = 0; j < cli->n_given; j++)
		if (strcmp(cli->given[j].option->name, name) == 0)
			value = cli->given[j].value;
	return value;
}

void
cli_write_cause(struct writer *w, const struct cause *why)
{
	char text[2048];

	if (why->fault != FAULT_NONE)
		writer_integer(w, "code", (int64_t)why->fault);
	/* Machines read English, whatever the person's language. */
	(void)snprintf(text, sizeof(text), "%s%s%s",
	    why->fault != FAULT_NONE ? fault_text_english(why->fault) : "",
	    why->fault != FAULT_NONE && why->detail[0] != '\0' ? ": " : "",
	    why->detail);
	writer_string(w, "reason", text);
	if (why->clause[0] != '\0')
		writer_string(w, "clause", why->clause);
	if (why->file[0] != '\0')
		writer_string(w, "file", why->file);
	if (why->row != 0)
		writer_integer(w, "row", (int64_t)why->row);
	if (why->column[0] != '\0')
		writer_string(w, "column", why->column);
	if (why->offset != UINT64_MAX)
		writer_integer(w, "byte", (int64_t)why->offset);
	if (why->rule[0] != '\0')
		writer_string(w, "rule", why->rule);
	if (fault_advice_english(why->fault)[0] != '\0')
		writer_string(w, "advice", fault_advice_english(why->fault));
}

struct writer *
cli_object(void)
{
	struct writer *w = NULL;

	if (writer_new(&w, false) != FAULT_NONE)
		return NULL;
	writer_open(w, NULL, NODE_OBJECT);
	return w;
}

void
cli_print(struct writer *w)
{
	struct buf text = BUF_MAX(64UL * 1024 * 1024);

	if (w == NULL)
		return;
	writer_close(w);
	if (writer_finish(w, &text) == FAULT_NONE) {
		(void)fwrite(text.data, 1, text.len, stdout);
		(void)fputc('\n', stdout);
		(void)fflush(stdout);
	}
	buf_free(&text);
	writer_free(w);
}

const char *
cli_result(enum fault f)
{
	switch (fault_exit(f)) {
	case EXIT_STATUS_REFUSED:
		return "refused";
	case EXIT_STATUS_LATER:
		return "waiting";
	case EXIT_STATUS_DONE:
	case EXIT_STATUS_OURS:
	case EXIT_STATUS_USAGE:
	case EXIT_STATUS_PARTLY:
		break;
	}
	return "failed";
}

void
cli_tell(const char *subject, enum fault f, const struct cause *why)
{
	char text[2048];

	cause_text(text, sizeof(text), why);
	log_error("%s: %s", subject, text);
	if (fault_advice(f)[0] != '\0')
		log_error(_("hint: %s"), fault_advice(f));
}

enum exit_status
cli_fail(const struct cli *cli, const struct cause *why)
{
	struct cause unnamed;
	const char *advice = NULL;
	char text[2048];
	struct writer *w;

	/* A step failed and forgot to say why: that is never "done". */
	if (why->fault == FAULT_NONE) {
		unnamed = *why;
		unnamed.fault = FAULT_SYSTEM;
		why = &unnamed;
	}
	advice = fault_advice(why->fault);
	cause_text(text, sizeof(text), why);
	log_error("%s", text);
	if (advice[0] != '\0')
		log_error(_("hint: %s"), advice);
	if (cli->json && (w = cli_object()) != NULL) {
		writer_string(w, "result", cli_result(why->fault));
		cli_write_cause(w, why);
		cli_print(w);
	}
	return fault_exit(why->fault);
}
