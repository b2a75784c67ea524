// Written by .ci/embed-resources; run `make resources` after adding or removing a file.
#ifndef QUERN_RESOURCES_H
#define QUERN_RESOURCES_H

#include <stddef.h>

/// One file of the Resources folder, as it was when the executable was built.
typedef struct {
    /// Path below Resources/, such as `templates/jobs/job.mustache`.
    const char *name;
    /// `length` bytes in read-only memory, followed by a zero byte that does not count.
    const unsigned char *bytes;
    size_t length;
} quern_resource;

/// How many files there are.
size_t quern_resource_count(void);

/// The file at an index below the count, in the order of names; NULL beyond it.
const quern_resource *quern_resource_at(size_t index);

#endif
