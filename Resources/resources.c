// Written by .ci/embed-resources; run `make resources` after adding or removing a file.
#include "Resources.h"

static const unsigned char file_0[] = {
#embed "assets/app.css" suffix(, 0) if_empty(0)
};
static const unsigned char file_1[] = {
#embed "assets/app.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_2[] = {
#embed "assets/favicon.svg" suffix(, 0) if_empty(0)
};
static const unsigned char file_3[] = {
#embed "assets/live.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_4[] = {
#embed "assets/theme.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_5[] = {
#embed "assets/upload.js" suffix(, 0) if_empty(0)
};
static const unsigned char file_6[] = {
#embed "templates/accounts/closed.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_7[] = {
#embed "templates/accounts/login.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_8[] = {
#embed "templates/accounts/logout.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_9[] = {
#embed "templates/accounts/register.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_10[] = {
#embed "templates/jobs/dashboard.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_11[] = {
#embed "templates/jobs/job.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_12[] = {
#embed "templates/layout/foot.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_13[] = {
#embed "templates/layout/head.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_14[] = {
#embed "templates/layout/mark.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_15[] = {
#embed "templates/layout/stone.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_16[] = {
#embed "templates/transforms/new.mustache" suffix(, 0) if_empty(0)
};
static const unsigned char file_17[] = {
#embed "templates/web/error.mustache" suffix(, 0) if_empty(0)
};

static const size_t count = 18;

static const quern_resource files[] = {
    {"assets/app.css", file_0, sizeof(file_0) - 1},
    {"assets/app.js", file_1, sizeof(file_1) - 1},
    {"assets/favicon.svg", file_2, sizeof(file_2) - 1},
    {"assets/live.js", file_3, sizeof(file_3) - 1},
    {"assets/theme.js", file_4, sizeof(file_4) - 1},
    {"assets/upload.js", file_5, sizeof(file_5) - 1},
    {"templates/accounts/closed.mustache", file_6, sizeof(file_6) - 1},
    {"templates/accounts/login.mustache", file_7, sizeof(file_7) - 1},
    {"templates/accounts/logout.mustache", file_8, sizeof(file_8) - 1},
    {"templates/accounts/register.mustache", file_9, sizeof(file_9) - 1},
    {"templates/jobs/dashboard.mustache", file_10, sizeof(file_10) - 1},
    {"templates/jobs/job.mustache", file_11, sizeof(file_11) - 1},
    {"templates/layout/foot.mustache", file_12, sizeof(file_12) - 1},
    {"templates/layout/head.mustache", file_13, sizeof(file_13) - 1},
    {"templates/layout/mark.mustache", file_14, sizeof(file_14) - 1},
    {"templates/layout/stone.mustache", file_15, sizeof(file_15) - 1},
    {"templates/transforms/new.mustache", file_16, sizeof(file_16) - 1},
    {"templates/web/error.mustache", file_17, sizeof(file_17) - 1},
};

size_t quern_resource_count(void) { return count; }

const quern_resource *quern_resource_at(size_t index) { return index < count ? &files[index] : NULL; }
