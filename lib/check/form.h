/*
 * form: the formats of strings: email, uri, uuid.  The rules are ours, exact,
 * and narrower than the RFCs where hardly anybody writes so;
 * serahterima-schema(5) has them.  No allocation, no locale.
 */
#ifndef CHECK_FORM_H
#define CHECK_FORM_H

#include <stdbool.h>
#include <stddef.h>

enum form { FORM_ANY, FORM_EMAIL, FORM_URI, FORM_UUID };

/* The form of a format's name; false if there is none. */
bool form_find(enum form *out, const char *format);
/* Whether the text has the form; any text has FORM_ANY. */
bool form_holds(enum form form, const char *text, size_t len);

#endif
