/*
 * fault: the words for every fault, in one table, so that a second language is
 * one table too.
 */
#include "base/fault.h"

#include <stddef.h>

#include "base/intl.h"

struct fault_words {
	enum fault fault;
	enum exit_status exit;
	const char *text;
	const char *advice;
};

static const struct fault_words fault_table[] = {
	{ FAULT_NONE, EXIT_STATUS_DONE, N_("done"), "" },
	{ FAULT_SYSTEM, EXIT_STATUS_OURS, N_("the system refused an operation"),
	    N_("mend what the system names, then run again") },
	{ FAULT_MEMORY, EXIT_STATUS_OURS, N_("out of memory"),
	    N_("free memory, then run again") },
	{ FAULT_CONF, EXIT_STATUS_OURS, N_("the configuration is wrong"),
	    N_("mend the line named; serahterima.conf(5) explains every key") },
	{ FAULT_USAGE, EXIT_STATUS_USAGE, N_("the command line is wrong"),
	    N_("see --help") },
	{ FAULT_FORMAT, EXIT_STATUS_REFUSED, N_("not in the format expected"),
	    N_("mend the place named, or ask whoever wrote the file") },
	{ FAULT_ABSENT, EXIT_STATUS_OURS, N_("not found"),
	    N_("check the name") },
	{ FAULT_EXISTS, EXIT_STATUS_OURS, N_("exists already"),
	    N_("nothing was changed; choose another name") },
	{ FAULT_PASSPHRASE, EXIT_STATUS_OURS, N_("wrong or missing passphrase"),
	    N_("try again, or give --passphrase-file") },
	{ FAULT_UNSAFE, EXIT_STATUS_OURS, N_("others have access"),
	    N_("take away the permissions as told, and find out who had "
	       "them") },
	{ FAULT_BUSY, EXIT_STATUS_LATER, N_("another instance is at work"),
	    N_("wait for it to end; the timer will try again") },
	{ FAULT_INTERRUPTED, EXIT_STATUS_LATER, N_("interrupted"),
	    N_("run again; it goes on where it stopped") },

	{ FAULT_SIGNATURE_MISSING, EXIT_STATUS_REFUSED,
	    N_("the agreement lacks a required signature"),
	    N_("get the signature, then: saksi agreement import") },
	{ FAULT_OUTSIDE_VALIDITY, EXIT_STATUS_REFUSED,
	    N_("outside the agreement's validity"),
	    N_("the parties must sign a new version before data may move") },
	{ FAULT_SUSPENDED, EXIT_STATUS_REFUSED,
	    N_("the agreement is suspended or ended"),
	    N_("ask the party that suspended it") },
	{ FAULT_NO_DATASET, EXIT_STATUS_REFUSED,
	    N_("no such agreement or data set"),
	    N_("see: saksi agreement list, saksi agreement show") },
	{ FAULT_DIRECTION, EXIT_STATUS_REFUSED,
	    N_("the agreement does not let this party send it"),
	    N_("only the party named in \"from\" may send this data set") },
	{ FAULT_OVER_LIMITS, EXIT_STATUS_REFUSED,
	    N_("more than the agreement allows"),
	    N_("send less, or agree on other limits") },
	{ FAULT_MANIFEST_FIELD, EXIT_STATUS_REFUSED,
	    N_("an agreed manifest field is missing or wrong"),
	    N_("give it with --field NAME=VALUE as the agreement describes") },

	{ FAULT_SIGNATURE, EXIT_STATUS_REFUSED,
	    N_("the signature does not hold"),
	    N_("do not use it; tell the sender by another way") },
	{ FAULT_UNKNOWN_SIGNER, EXIT_STATUS_REFUSED,
	    N_("signed by a key that is not the party's"),
	    N_("compare the fingerprint with the party by voice; trust its new "
	       "card only then") },
	{ FAULT_KEY_EXPIRED, EXIT_STATUS_REFUSED,
	    N_("the key is expired or revoked"),
	    N_("ask the party for its new card") },
	{ FAULT_NOT_ADDRESSED, EXIT_STATUS_REFUSED, N_("not addressed to us"),
	    N_("tell the sender; do not pass it on") },
	{ FAULT_WRONG_PLACE, EXIT_STATUS_REFUSED,
	    N_("in a directory its manifest does not name"),
	    N_("somebody moved it; tell the sender and the drop's owner") },

	{ FAULT_DUPLICATE, EXIT_STATUS_DONE, N_("taken already"), "" },
	{ FAULT_EQUIVOCATION, EXIT_STATUS_REFUSED,
	    N_("two different manifests bear the same number"),
	    N_("keep both as evidence and call the sender: one is not genuine "
	       "or "
	       "the sender's records were rolled back") },
	{ FAULT_GAP, EXIT_STATUS_LATER, N_("an earlier parcel is missing"),
	    N_("wait; if it does not come, ask the sender for the numbers "
	       "named") },
	{ FAULT_CHAIN, EXIT_STATUS_REFUSED, N_("the chain is broken"),
	    N_("stop and have it examined: entries were changed, lost or "
	       "reordered") },
	{ FAULT_RECALLED, EXIT_STATUS_REFUSED, N_("recalled by the sender"),
	    N_("do not use it; wait for the parcel that replaces it") },

	{ FAULT_COLUMNS, EXIT_STATUS_REFUSED,
	    N_("the columns are not those agreed"),
	    N_("export exactly the agreed columns, in their order, with the "
	       "agreed "
	       "delimiter, quotes and line ends") },
	{ FAULT_VALUE, EXIT_STATUS_REFUSED, N_("a value breaks an agreed rule"),
	    N_("mend it at the source and export again") },
	{ FAULT_TOTALS, EXIT_STATUS_REFUSED, N_("control totals differ"),
	    N_("do not load the data; call the sender") },
	{ FAULT_PAYLOAD_HASH, EXIT_STATUS_REFUSED,
	    N_("the file is not the one that was proved"),
	    N_("it changed on the way or while it was read; send it again") },
	{ FAULT_DECRYPT, EXIT_STATUS_REFUSED, N_("cannot be decrypted"),
	    N_("ask whether it was sealed to our present key: saksi card") },
	{ FAULT_ARCHIVE, EXIT_STATUS_REFUSED, N_("the archive is unsafe"),
	    N_("do not unpack it by other means; tell the sender") },
	{ FAULT_LARGER, EXIT_STATUS_REFUSED, N_("larger than declared"),
	    N_("tell the sender: size and declaration must agree") },
	{ FAULT_SPREADSHEET, EXIT_STATUS_REFUSED,
	    N_("damaged by a spreadsheet"),
	    N_("export from the database again and do not open the file in a "
	       "spreadsheet; what is lost cannot be mended by hand") },
	{ FAULT_ENCODING, EXIT_STATUS_REFUSED,
	    N_("not in the agreed character encoding"),
	    N_("export in the agreed encoding") },
	{ FAULT_NOT_UNIQUE, EXIT_STATUS_REFUSED,
	    N_("a key that must be unique occurs again"),
	    N_("remove the double at the source and export again") },

	{ FAULT_HOST_KEY, EXIT_STATUS_REFUSED,
	    N_("the server's host key is not the agreed one"),
	    N_("do not connect; ask the drop's owner whether the key changed, "
	       "and sign a new version of the agreement if so") },
	{ FAULT_LOGIN, EXIT_STATUS_REFUSED, N_("the drop refuses our login"),
	    N_("check user and ssh_key in serahterima.conf and ask the drop's "
	       "owner to admit the key") },
	{ FAULT_UNREACHABLE, EXIT_STATUS_LATER,
	    N_("the drop cannot be reached"),
	    N_("check the network; the timer will try again") },
	{ FAULT_NO_ROOM, EXIT_STATUS_LATER, N_("no room on the disk"),
	    N_("free space, then run again") },
	{ FAULT_INCOMPLETE, EXIT_STATUS_LATER, N_("incomplete"),
	    N_("run again; it goes on where it stopped") },
};

static const struct fault_words *
find(enum fault f)
{
	size_t i;

	for (i = 0; i < sizeof(fault_table) / sizeof(fault_table[0]); i++)
		if (fault_table[i].fault == f)
			return &fault_table[i];
	return NULL;
}

bool
fault_known(int number)
{
	return number == FAULT_NONE || find((enum fault)number) != NULL;
}

const char *
fault_text(enum fault f)
{
	const struct fault_words *w = find(f);

	return w != NULL ? _(w->text) : _("unknown fault");
}

const char *
fault_advice(enum fault f)
{
	const struct fault_words *w = find(f);

	/* gettext("") is the catalogue's header, not an empty text. */
	return w != NULL && w->advice[0] != '\0' ? _(w->advice) : "";
}

const char *
fault_text_english(enum fault f)
{
	const struct fault_words *w = find(f);

	return w != NULL ? w->text : "unknown fault";
}

const char *
fault_advice_english(enum fault f)
{
	const struct fault_words *w = find(f);

	return w != NULL ? w->advice : "";
}

enum exit_status
fault_exit(enum fault f)
{
	const struct fault_words *w = find(f);

	return w != NULL ? w->exit : EXIT_STATUS_OURS;
}
