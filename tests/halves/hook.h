/*
 * hook: arbitrary code inside a half, as the environment asks for it.
 */
#ifndef HALVES_HOOK_H
#define HALVES_HOOK_H

#include "base/cause.h"

/* FAULT_NONE: nothing is to be tried here; else what came of it. */
enum fault hook(const char *where, struct cause *why) FAULT_CHECKED;

#endif
