/*
 * test_conf: what serahterima.conf may hold, and that every slip is named with
 * its line.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cause.h"
#include "conf/conf.h"
#include "tap.h"

static struct cause why;

static enum fault
parse(struct conf **out, const char *text)
{
	cause_clear(&why);
	return conf_parse(out, text, strlen(text), "serahterima.conf", &why);
}

/* The text must be refused with exactly this line and sentence. */
static void
wrong(const char *text, unsigned row, const char *detail)
{
	struct conf *c = NULL;

	TAP_INT(parse(&c, text), FAULT_CONF);
	TAP_OK(c == NULL);
	TAP_INT(why.row, row);
	TAP_STR(why.file, "serahterima.conf");
	TAP_STR(why.detail, detail);
	conf_free(c);
}

static void
test_good(void)
{
	struct conf *c = NULL;

	TAP_INT(parse(&c,
		    "\xef\xbb\xbf# ours\r\n"
		    "party = KPU\r\n"
		    "keep_payload=yes\n"
		    "  level =  19 \n"
		    "\n"
		    "[drop hub]\n"
		    "; how we reach it\n"
		    "user = kpu\n"
		    "ssh_key = keys/ssh_hub # not a comment\n"
		    "url = sftp://hub.example:2222/in\n"
		    "proxy = socks5h://10.0.0.1:1080\n"
		    "[ drop  disk ]\n"
		    "url = file:///media/disk\n"
		    "[watch daily]\n"
		    "agreement = PKS-KEMLU-KPU-2026\n"
		    "dataset = lapor-diri\n"
		    "settle = 600\n"
		    "[watch hub]\n"
		    "agreement = A\n"
		    "dataset = b"),
	    FAULT_NONE);
	if (c == NULL)
		return;
	TAP_STR(c->party, "KPU");
	TAP_OK(c->keep_payload);
	TAP_INT(c->level, 19);
	TAP_INT(c->n_drops, 2);
	TAP_STR(c->drops[0].ssh_key, "keys/ssh_hub # not a comment");
	TAP_STR(c->drops[0].proxy, "socks5h://10.0.0.1:1080");
	TAP_STR(conf_drop(c, "disk")->url, "file:///media/disk");
	TAP_STR(conf_drop(c, "disk")->user, "");
	TAP_OK(conf_drop(c, "daily") == NULL);
	TAP_INT(c->n_watches, 2);
	TAP_INT(c->watches[0].settle, 600);
	TAP_INT(c->watches[1].settle, 60);
	TAP_STR(c->watches[1].name, "hub");
	/* A good file leaves no place behind for somebody else's fault. */
	TAP_STR(why.file, "");
	TAP_INT(why.row, 0);
	conf_free(c);
}

static void
test_defaults(void)
{
	struct conf *c = NULL;

	TAP_INT(parse(&c, "party = A"), FAULT_NONE);
	if (c == NULL)
		return;
	TAP_OK(!c->keep_payload);
	TAP_INT(c->level, 1);
	TAP_INT(c->n_drops + c->n_watches, 0);
	conf_free(c);
}

static void
test_keys(void)
{
	wrong("party = A\n[drop x]\nsshkey = k\n", 3,
	    "serahterima.conf:3: unknown key 'sshkey'; did you mean "
	    "'ssh_key'?");
	wrong("Party = A\n", 1,
	    "serahterima.conf:1: unknown key 'Party'; did you mean 'party'?");
	wrong("colour = A\n", 1, "serahterima.conf:1: unknown key 'colour'");
	wrong("party = A\nuser = k\n", 2,
	    "serahterima.conf:2: key 'user' belongs in a section [drop ID]");
	wrong("party = A\n[drop x]\nsettle = 1\n", 3,
	    "serahterima.conf:3: key 'settle' belongs in a section "
	    "[watch NAME]");
	wrong("party = A\n[drop x]\nlevel = 1\n", 3,
	    "serahterima.conf:3: key 'level' belongs before the first section");
	wrong("party = A\nparty = A\n", 2,
	    "serahterima.conf:2: key 'party' is given twice");
	wrong("", 0, "serahterima.conf: key 'party' is missing");
	wrong("# nothing\n[drop x]\n", 0,
	    "serahterima.conf: key 'party' is missing");
	wrong("party = A\n[watch w]\nagreement = A\n[drop x]\n", 2,
	    "serahterima.conf:2: this section lacks the key 'dataset'");
	/* Control bytes of a key are not passed on. */
	wrong("pa\x1b[31mrty = A\n", 1,
	    "serahterima.conf:1: control bytes or no UTF-8");
	wrong("party = A\xff\n", 1,
	    "serahterima.conf:1: control bytes or no UTF-8");
}

static void
test_sections(void)
{
	wrong("party = A\n[drop x]\n[drop x]\n", 3,
	    "serahterima.conf:3: section [drop x] is given twice");
	wrong("party = A\n[Drop x]\n", 2,
	    "serahterima.conf:2: unknown section [Drop]; there are [drop ID] "
	    "and [watch NAME]");
	wrong("party = A\n[drop ../x]\n", 2,
	    "serahterima.conf:2: section [drop] needs one name of letters, "
	    "digits, '.', '_' and '-'");
	wrong("party = A\n[drop]\n", 2,
	    "serahterima.conf:2: section [drop] needs one name of letters, "
	    "digits, '.', '_' and '-'");
	wrong("party = A\n[drop x\n", 2,
	    "serahterima.conf:2: neither 'key = value' nor a section");
	wrong("party = A\nuser\n", 2,
	    "serahterima.conf:2: neither 'key = value' nor a section");
	wrong("= A\n", 1,
	    "serahterima.conf:1: neither 'key = value' nor a section");
}

static void
test_values(void)
{
	static const char *const bad[] = { "party =", "party = A B",
		"party = \"A\"", "party = A\nlevel = 0",
		"party = A\nlevel = 20", "party = A\nlevel = 0x3",
		"party = A\nlevel = -1",
		"party = A\nlevel = 99999999999999999999",
		"party = A\nkeep_payload = true",
		"party = A\n[drop d]\nuser = a@b",
		"party = A\n[drop d]\nurl = http://x/",
		"party = A\n[drop d]\nurl = sftp://",
		"party = A\n[drop d]\nproxy = socks5://x:1",
		"party = A\n[drop d]\nssh_key = \"keys/ssh\"",
		"party = A\n[watch d]\nsettle = 0",
		"party = A\n[watch d]\nsettle = 604801",
		"party = A\n[watch d]\nagreement = ../../x" };
	struct conf *c = NULL;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		TAP_INT(parse(&c, bad[i]), FAULT_CONF);
		TAP_OK(strstr(why.detail, "bad value of") != NULL);
	}
	/* A proxy's password must not reach a screen or a receipt. */
	TAP_INT(parse(&c, "party = A\n[drop d]\nproxy = ftp://u:rahasia@p/"),
	    FAULT_CONF);
	TAP_OK(strstr(why.detail, "rahasia") == NULL);
}

static void
test_sizes(void)
{
	struct conf *c = NULL;
	char *big = calloc(1, LIMIT_CONF + 2);
	size_t at = 0;

	if (big == NULL)
		return;
	memset(big, '\n', LIMIT_CONF + 1);
	cause_clear(&why);
	TAP_INT(conf_parse(&c, big, LIMIT_CONF + 1, "f", &why), FAULT_CONF);
	memcpy(big, "party = A", 9);
	TAP_INT(conf_parse(&c, big, LIMIT_CONF, "f", NULL), FAULT_NONE);
	conf_free(c);
	memset(big, 'x', 4000);
	TAP_INT(conf_parse(&c, big, 4000, "f", NULL), FAULT_CONF);
	/* A NUL would end the text for us and not for an editor. */
	TAP_INT(conf_parse(&c, "party = A\0B\n", 12, "f", NULL), FAULT_CONF);
	at = (size_t)sprintf(big, "party = A\n");
	for (int i = 0; i < 1025; i++)
		at += (size_t)sprintf(big + at, "[drop d%d]\n", i);
	TAP_INT(parse(&c, big), FAULT_CONF);
	TAP_STR(why.detail, "serahterima.conf:1026: more than 1024 sections");
	free(big);
}

int
main(void)
{
	test_good();
	test_defaults();
	test_keys();
	test_sections();
	test_values();
	test_sizes();
	return TAP_DONE();
}
