/*
 * record_fixture: a small agreement that is right, and texts with one place
 * changed, for the tests of lib/record.
 */
#ifndef UNIT_RECORD_FIXTURE_H
#define UNIT_RECORD_FIXTURE_H

#include "tap.h"

#include <stdio.h>
#include <string.h>

#define KEY_KEMLU "RWTFKyMkwiDlXPY/q8Ji2T4B+jhkJW+F16RdGuUUVbGEpEs1AgmYU5VJ"
#define KEY_KPU "RWSxPrWKGOufvIIsyqY38MNzyog6BJiL9uWyqONSwFwsvUG9ozrfLtdM"
#define KEY_DUKCAPIL "RWRZQYAtHXcfv6x/+Y322Ol4iZUZqboGpfH6ZsmHpXPhy96VgDmMnjL6"
#define HOST_KEY       \
	"ssh-ed25519 " \
	"AAAAC3NzaC1lZDI1NTE5AAAAIP7+2PyJAIzhdlWd3x2kR/3dnOy2gZE8hvgn+OAe3RjS"

#define DIALECT                                                            \
	"{\"delimiter\":\";\",\"quoteChar\":\"\\\"\","                     \
	"\"lineTerminator\":\"\\n\",\"encoding\":\"utf-8\",\"bom\":false," \
	"\"header\":true}"

static const char fixture[] =
    "{\"format\":\"serahterima-agreement/1\",\"id\":\"PKS-1\",\"version\":1,"
    "\"replaces\":null,\"title\":\"Uji\",\"documents\":[{\"kind\":\"PKS\","
    "\"number\":\"1/2026\",\"date\":\"2026-01-02\"}],"
    "\"valid\":{\"from\":\"2026-01-02\",\"until\":\"2026-12-31\"},"
    "\"purpose\":\"uji\",\"legal_basis\":[\"UU 7/2017\"],\"parties\":["
    "{\"id\":\"KEMLU\",\"role\":\"provider\",\"name\":\"Kemlu\","
    "\"root_key\":\"" KEY_KEMLU "\"},"
    "{\"id\":\"KPU\",\"role\":\"recipient\",\"name\":\"KPU\","
    "\"root_key\":\"" KEY_KPU "\"},"
    "{\"id\":\"DUKCAPIL\",\"role\":\"guardian\",\"name\":\"Dukcapil\","
    "\"root_key\":\"" KEY_DUKCAPIL "\"}],"
    "\"signatures_required\":[\"KEMLU\",\"KPU\",\"DUKCAPIL\"],"
    "\"drops\":[{\"id\":\"hub\",\"url\":\"sftp://hub.example.invalid/st\","
    "\"host_keys\":[\"" HOST_KEY "\"]},{\"id\":\"disk\","
    "\"url\":\"file:///media/disk\",\"host_keys\":[]}],\"datasets\":["
    "{\"id\":\"lapor\",\"from\":\"KEMLU\",\"to\":[\"KPU\"],\"drop\":\"hub\","
    "\"dialect\":" DIALECT ",\"schema\":{\"fields\":["
    "{\"name\":\"id\",\"type\":\"string\"},"
    "{\"name\":\"n\",\"type\":\"integer\"}],\"primaryKey\":[\"id\"]},"
    "\"manifest_fields\":[{\"name\":\"nomor_surat\",\"type\":\"string\","
    "\"constraints\":{\"required\":true,\"pattern\":\"^[0-9/]{3,20}$\"}},"
    "{\"name\":\"gelombang\",\"type\":\"integer\","
    "\"constraints\":{\"minimum\":1}}],"
    "\"totals\":[\"rows\",{\"sum\":\"n\"}],"
    "\"limits\":{\"rows\":1000,\"bytes\":100000},"
    "\"schedule\":{\"every\":\"P1M\",\"due\":\"P5D\"},"
    "\"retention\":\"P180D\",\"extra_columns\":\"refuse\",\"mask\":{},"
    "\"modes\":[\"full\"],\"approvals\":0},"
    "{\"id\":\"balikan\",\"from\":\"KPU\",\"to\":[\"KEMLU\",\"DUKCAPIL\"],"
    "\"drop\":\"disk\",\"dialect\":" DIALECT ",\"schema\":{\"fields\":["
    "{\"name\":\"id\",\"type\":\"string\"}]},\"manifest_fields\":[],"
    "\"totals\":[]}],"
    "\"handling\":{\"onward_transfer\":\"forbidden\",\"location\":\"ID\"},"
    "\"contacts\":[{\"party\":\"KPU\",\"role\":\"petugas PDP\","
    "\"post\":\"pdp@example.invalid\",\"hours\":\"24x7\"}]}\n";

#define FIXTURE_MAX 8192

/* Text with the first "from" replaced; says so when there is none. */
static inline void
fixture_change(
    char out[FIXTURE_MAX], const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	if (at == NULL) {
		tap_ok(0, from, "no such place in the fixture", 0);
		at = text + strlen(text);
		from = "";
	}
	(void)snprintf(out, FIXTURE_MAX, "%.*s%s%s", (int)(at - text), text, to,
	    at + strlen(from));
}

#endif
