/*
 * One tar header.
 *
 * Tar readers forgive a great deal, each in its own way: signed checksums, GNU
 * and old headers, numbers that are not octal, bytes behind the end of a name.
 * Where they differ, one reader checks what another never sees; hence a header
 * has one form here, the one that present writers of pax archives give to a
 * plain file.
 */
#include <string.h>

#include "base/intl.h"
#include "pack/ustar.h"

/* The fields, POSIX.1-2017, table 4-14. */
struct field {
	size_t at;
	size_t len;
};
static const struct field NAME = { 0, 100 };
static const struct field MODE = { 100, 8 };
static const struct field UID = { 108, 8 };
static const struct field GID = { 116, 8 };
static const struct field SIZE = { 124, 12 };
static const struct field MTIME = { 136, 12 };
static const struct field CHKSUM = { 148, 8 };
static const struct field TYPE = { 156, 1 };
static const struct field LINKNAME = { 157, 100 };
static const struct field MAGIC = { 257, 8 };
static const struct field DEVMAJOR = { 329, 8 };
static const struct field DEVMINOR = { 337, 8 };
static const struct field PREFIX = { 345, 155 };
static const struct field REST = { 500, 12 };

bool
ustar_zero(const unsigned char *bytes, size_t len)
{
	/* Each byte equals its neighbour, and the first one is zero. */
	return len == 0 ||
	    (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

static bool
zero(const unsigned char *block, struct field f)
{
	return ustar_zero(block + f.at, f.len);
}

/*
 * Octal digits, perhaps blanks before them, then only NUL and blanks.  No digit
 * at all is a missing number, which "missing" allows.
 */
static bool
octal(uint64_t *out, const unsigned char *block, struct field f, bool missing)
{
	const unsigned char *at = block + f.at;
	size_t i = 0;
	size_t first = 0;

	*out = 0;
	while (i < f.len && at[i] == ' ')
		i++;
	first = i;
	while (i < f.len && at[i] >= '0' && at[i] <= '7')
		*out = *out << 3 | (uint64_t)(at[i++] - '0');
	if (i == first && !missing)
		return false;
	while (i < f.len && (at[i] == ' ' || at[i] == '\0'))
		i++;
	return i == f.len;
}

/* Positive base-256, as all writers put a size beyond the octal digits. */
static bool
binary(uint64_t *out, const unsigned char *block, struct field f)
{
	const unsigned char *at = block + f.at;

	*out = 0;
	if (at[0] != 0x80 || !ustar_zero(at + 1, f.len - 9) ||
	    (at[f.len - 8] & 0x80) != 0)
		return false;
	for (size_t i = f.len - 8; i < f.len; i++)
		*out = *out << 8 | at[i];
	return true;
}

/* A number nobody here uses: owner, time, device.  Large ones may be binary. */
static bool
unused(const unsigned char *block, struct field f)
{
	uint64_t value = 0;

	return (block[f.at] & 0x80) != 0 || octal(&value, block, f, true);
}

/* The unsigned sum, the field itself counted as blanks. */
static bool
sum_ok(const unsigned char *block)
{
	uint64_t said = 0;
	uint64_t sum = 0;

	for (size_t i = 0; i < USTAR_BLOCK; i++)
		sum += i - CHKSUM.at < CHKSUM.len ? ' ' : block[i];
	return octal(&said, block, CHKSUM, false) && said == sum;
}

/* The name ends at its NUL, and nothing is hidden behind it. */
static enum fault
take_name(struct ustar *out, const unsigned char *block, struct cause *why)
{
	size_t len = strnlen((const char *)block, NAME.len);

	if (!ustar_zero(block + len, NAME.len - len))
		return cause_set(why, FAULT_ARCHIVE,
		    N_("a member name has bytes behind its end"));
	memcpy(out->name, block, len);
	out->name[len] = '\0';
	return FAULT_NONE;
}

/* What must be so in any header we take. */
static enum fault
check_form(const unsigned char *block, struct cause *why)
{
	/* The checksum first: it tells a tar header from anything else. */
	if (!sum_ok(block))
		return cause_set(why, FAULT_ARCHIVE,
		    N_("not a tar header, or its checksum is wrong"));
	if (memcmp(block + MAGIC.at,
		"ustar\0"
		"00",
		MAGIC.len) != 0)
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the archive is not of the POSIX (ustar, pax) format"));
	if (!zero(block, LINKNAME) || !zero(block, REST))
		return cause_set(why, FAULT_ARCHIVE,
		    N_("a tar header has bytes in fields that must be empty"));
	if (!unused(block, MODE) || !unused(block, UID) ||
	    !unused(block, GID) || !unused(block, MTIME) ||
	    !unused(block, DEVMAJOR) || !unused(block, DEVMINOR))
		return cause_set(why, FAULT_ARCHIVE,
		    N_("a tar header has a field that is not a number"));
	return FAULT_NONE;
}

static enum fault
take_size(struct ustar *out, const unsigned char *block, struct cause *why)
{
	if (!octal(&out->size, block, SIZE, false) &&
	    !binary(&out->size, block, SIZE))
		return cause_set(why, FAULT_ARCHIVE,
		    N_("a tar header has a size that is not a number"));
	out->wide = out->size > 077777777777ULL;
	return FAULT_NONE;
}

enum fault
ustar_parse(struct ustar *out, const unsigned char *block, struct cause *why)
{
	enum fault f = FAULT_NONE;

	memset(out, 0, sizeof(*out));
	f = check_form(block, why);
	if (f == FAULT_NONE)
		f = take_size(out, block, why);
	if (f != FAULT_NONE)
		return f;
	switch (block[TYPE.at]) {
	case 'x':
		/* Its name is the writer's invention; nobody uses it. */
		out->type = USTAR_EXTENDED;
		return FAULT_NONE;
	case '0':
	case '\0':
		out->type = USTAR_FILE;
		break;
	default:
		return cause_set(why, FAULT_ARCHIVE,
		    N_("the archive holds something other than regular files "
		       "(type byte %u)"),
		    (unsigned)block[TYPE.at]);
	}
	if (!zero(block, PREFIX))
		return cause_set(
		    why, FAULT_ARCHIVE, N_("a member lies in a directory"));
	return take_name(out, block, why);
}
