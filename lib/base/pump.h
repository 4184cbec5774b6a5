/*
 * pump: runs a neighbouring stage on a thread of its own, with a bounded number
 * of blocks between (PUMP_BLOCKS of PUMP_BLOCK bytes), so that memory stays
 * constant and both sides work at the same time.
 */
#ifndef BASE_PUMP_H
#define BASE_PUMP_H

#include "base/cause.h"
#include "base/stream.h"

#define PUMP_BLOCK (256 * 1024)
#define PUMP_BLOCKS 8

struct pump;

/*
 * A sink whose bytes are written into "out" by another thread.  "out" and what
 * it points to must outlive pump_finish.  A fault of "out" is returned by a
 * later write or by pump_finish, with its cause.
 */
enum fault pump_sink_new(
    struct pump **p, struct sink out, struct cause *why) FAULT_CHECKED;
/*
 * A source that another thread fills from "in" ahead of the reader.
 */
enum fault pump_source_new(
    struct pump **p, struct source in, struct cause *why) FAULT_CHECKED;

struct sink pump_sink(struct pump *p);
struct source pump_source(struct pump *p);

/* Sink: hands over what is buffered, waits for the thread, returns its fault.
 * Must be called before success may be believed. */
enum fault pump_finish(struct pump *p, struct cause *why) FAULT_CHECKED;

/* Stops the thread, whatever its state, and frees.  NULL-safe. */
void pump_free(struct pump *p);

#endif
