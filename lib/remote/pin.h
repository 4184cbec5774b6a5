/*
 * pin: the host keys that the agreement names, and nothing else, decide whether
 * a server is the right one.
 *
 * A pinned line is "TYPE BASE64 [comment]" as in an OpenSSH .pub file.  Types:
 * ssh-ed25519, ecdsa-sha2-nistp256, -384 and -521; lines of other types count
 * for nothing.
 */
#ifndef REMOTE_PIN_H
#define REMOTE_PIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"

#define PIN_METHODS_MAX 128
#define PIN_FINGERPRINT_MAX 96

struct pins {
	const char *const *line; /* borrowed */
	size_t n;
};

/*
 * The key types to ask the server for, as an SSH name list: those of the pins
 * first.  The other safe types follow, so that a server that holds none of the
 * pinned types is met as a wrong host key (with its fingerprint) and not as a
 * failed negotiation; pin_holds decides all the same.  False if no pin has a
 * usable type.
 */
bool pin_methods(const struct pins *pins, char out[PIN_METHODS_MAX]);

/* Whether this key (in SSH wire form) is one of the pinned, byte for byte. */
bool pin_holds(const struct pins *pins, const unsigned char *key, size_t len);

/* "TYPE SHA256:…" as ssh-keygen -l prints it; key in SSH wire form. */
enum fault pin_fingerprint(char out[PIN_FINGERPRINT_MAX],
    const unsigned char *key, size_t len) FAULT_CHECKED;

/* FAULT_HOST_KEY with what was seen ("" = nothing) and what is pinned. */
enum fault pin_fault(
    const struct pins *pins, const char *seen, struct cause *why);

#endif
