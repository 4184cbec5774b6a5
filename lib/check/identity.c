/*
 * identity: digits at fixed places.  A number that was once given stays with a
 * person whatever is corrected later, so that a mismatch is a reason to look,
 * not a proof; which of both it is, is the caller's word.
 */
#include "check/identity.h"

#include <stdbool.h>
#include <string.h>

#define NIK_LEN 16
/* Citizens abroad who never had a NIK: country and mission, no region. */
#define PROVINCE_ABROAD 99

/*
 * Provinces by their first digit, a bit for each second digit: the codes of the
 * ministry of home affairs after Kepmendagri 300.2.2-2138 of 2025, 38 of them.
 */
static const uint16_t provinces[10] = {
	[1] = 0x3fe, /* 11 to 19 */
	[2] = 0x002, /* 21 */
	[3] = 0x07e, /* 31 to 36 */
	[5] = 0x00e, /* 51 to 53 */
	[6] = 0x03e, /* 61 to 65 */
	[7] = 0x07e, /* 71 to 76 */
	[8] = 0x006, /* 81, 82 */
	[9] = 0x07e, /* 91 to 96 */
};

static bool
are_digits(const char *text, size_t len)
{
	size_t i = 0;

	for (i = 0; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

static unsigned
two(const char *text)
{
	return (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
}

static bool
is_province(unsigned code)
{
	return code < 100 && (provinces[code / 10] >> code % 10 & 1) != 0;
}

/* 16 digits, or the agreed mask over the last four; *masked says which. */
static bool
sixteen(const char *text, size_t len, bool *masked)
{
	if (len != NIK_LEN || !are_digits(text, 12))
		return false;
	*masked = memcmp(text + 12, "****", 4) == 0;
	return *masked || are_digits(text + 12, 4);
}

unsigned
identity_nik(const char *text, size_t len, const struct identity_person *person)
{
	unsigned province = 0, day = 0, month = 0, wrong = 0;
	enum identity_sex sex = IDENTITY_MALE;
	bool masked = false;

	if (!sixteen(text, len, &masked))
		return IDENTITY_SHAPE;
	province = two(text);
	day = two(text + 6);
	month = two(text + 8);
	if (day > 40) {
		day -= 40;
		sex = IDENTITY_FEMALE;
	}
	if (!masked && memcmp(text + 12, "0000", 4) == 0)
		wrong |= IDENTITY_SERIAL;
	if (province != PROVINCE_ABROAD) {
		if (!is_province(province))
			wrong |= IDENTITY_PROVINCE;
		else if (memcmp(text, person->region, person->region_len) != 0)
			wrong |= IDENTITY_REGION;
	}
	/* Of no date nothing follows. */
	if (day < 1 || day > 31 || month < 1 || month > 12)
		return wrong | IDENTITY_DATE;
	if (person->day != 0 &&
	    (day != person->day || month != person->month ||
		two(text + 10) != person->year % 100))
		wrong |= IDENTITY_BIRTH_DATE;
	if (person->sex != IDENTITY_UNKNOWN && person->sex != sex)
		wrong |= IDENTITY_SEX;
	return wrong;
}

unsigned
identity_nkk(const char *text, size_t len)
{
	unsigned day = 0, month = 0, wrong = 0;
	bool masked = false;

	if (!sixteen(text, len, &masked))
		return IDENTITY_SHAPE;
	day = two(text + 6);
	month = two(text + 8);
	if (day < 1 || day > 31 || month < 1 || month > 12)
		wrong |= IDENTITY_DATE;
	if (!masked && memcmp(text + 12, "0000", 4) == 0)
		wrong |= IDENTITY_SERIAL;
	if (!is_province(two(text)))
		wrong |= IDENTITY_PROVINCE;
	return wrong;
}

unsigned
identity_passport(const char *text, size_t len)
{
	size_t letters = 0;

	while (letters < len && letters < 2 && text[letters] >= 'A' &&
	    text[letters] <= 'Z')
		letters++;
	if (letters == 0 || len < letters + 6 || len > letters + 7 ||
	    !are_digits(text + letters, len - letters))
		return IDENTITY_SHAPE;
	return 0;
}

/* All digits of an area code without its stops, at most ten; 0: it is none. */
static size_t
area_digits(char out[10], const char *text, size_t len)
{
	/* Where a stop stands after so many digits. */
	bool stops = len > 2 && text[2] == '.';
	size_t i = 0, n = 0;

	for (i = 0; i < len; i++) {
		if (stops && text[i] == '.' && (i == 2 || i == 5 || i == 8))
			continue;
		if (n == 10 || text[i] < '0' || text[i] > '9' ||
		    (stops && (i == 2 || i == 5 || i == 8)))
			return 0;
		out[n++] = text[i];
	}
	/* No stop at the end. */
	if (len == 0 || text[len - 1] == '.')
		return 0;
	return n == 2 || n == 4 || n == 6 || n == 10 ? n : 0;
}

unsigned
identity_area(const char *text, size_t len)
{
	char digits[10] = "";
	size_t n = area_digits(digits, text, len);
	unsigned regency = 0;

	if (n == 0)
		return IDENTITY_SHAPE;
	if (!is_province(two(digits)))
		return IDENTITY_PROVINCE;
	regency = n > 2 ? two(digits + 2) : 1;
	/* 01 to 69 are regencies, 71 to 99 cities. */
	return regency == 0 || regency == 70 ? IDENTITY_REGION : 0;
}

size_t
identity_area_digits(char out[6], const char *text, size_t len)
{
	char digits[10] = "";
	size_t n = area_digits(digits, text, len);

	if (n > 6)
		n = 6;
	memcpy(out, digits, n);
	return n;
}
