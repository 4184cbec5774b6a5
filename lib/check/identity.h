/*
 * identity: identifiers of Indonesian registers, as far as their digits tell:
 * NIK, family card number, passport number, administrative area code.
 * serahterima-schema(5), RULES, is the page.
 *
 * Pure and thread-safe; nothing is looked up anywhere.
 */
#ifndef CHECK_IDENTITY_H
#define CHECK_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

/* What is wrong, as bits: the first is about the shape, and then it is the only
 * one; the others are about what the digits mean. */
#define IDENTITY_SHAPE 0x01U
#define IDENTITY_DATE 0x02U
#define IDENTITY_SERIAL 0x04U
#define IDENTITY_PROVINCE 0x08U
#define IDENTITY_BIRTH_DATE 0x10U
#define IDENTITY_SEX 0x20U
#define IDENTITY_REGION 0x40U

enum identity_sex { IDENTITY_UNKNOWN, IDENTITY_MALE, IDENTITY_FEMALE };

/* What else is known of the person; all zero: nothing. */
struct identity_person {
	unsigned year, month, day; /* of birth; day 0: not known */
	enum identity_sex sex;
	char region[6]; /* digits of an area code */
	size_t region_len;
};

/*
 * Citizen's number: 16 digits PPKKCC DDMMYY SSSS, women with 40 more days; or
 * 12 digits and four "*".  Province 99 is that of a NIT, which has no region.
 * It has no check digit.
 */
unsigned identity_nik(
    const char *text, size_t len, const struct identity_person *person);
/* Family card: 16 digits, or 12 and four "*": region, day of issue, serial. */
unsigned identity_nkk(const char *text, size_t len);
/* Passport: one or two capitals, six or seven digits. */
unsigned identity_passport(const char *text, size_t len);
/* 2, 4, 6 or 10 digits, with a full stop between all parts (2.2.2.4) or none;
 * IDENTITY_REGION: the second part is no regency's. */
unsigned identity_area(const char *text, size_t len);
/* The digits of an area code's first three parts, at most six; 0: it is none.
 */
size_t identity_area_digits(char out[6], const char *text, size_t len);

#endif
