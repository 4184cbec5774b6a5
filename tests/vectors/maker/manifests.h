/*
 * manifests: vectors of serahterima-manifest(5).
 */
#ifndef MAKER_MANIFESTS_H
#define MAKER_MANIFESTS_H

#include "papers.h"
#include "record/manifest.h"

#define MANIFESTS_CREATED "2026-06-01T12:00:00Z"

/* A manifest of parcel 1 to which nothing can be objected but that there is no
 * such payload; free it with manifest_free. */
struct manifest *manifests_base(
    const struct paper *paper, const struct cast *cast);
void manifests_put(const struct paper *paper, const struct cast *cast);

#endif
