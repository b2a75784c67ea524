#ifndef QUERN_CENCODINGS_H
#define QUERN_CENCODINGS_H

#include <stddef.h>

/// A table in read-only memory.
typedef struct {
    const unsigned char *bytes;
    size_t length;
} quern_table;

/// Indexes of the WHATWG Encoding Standard: code points by pointer, 0 where there is none. Two bytes each, little-endian; four for Big5.
quern_table quern_index_jis0208(void);
quern_table quern_index_jis0212(void);
quern_table quern_index_euc_kr(void);
quern_table quern_index_gb18030(void);
quern_table quern_index_big5(void);
/// Pairs of pointer and code point, four bytes each: where a range of GB18030 begins.
quern_table quern_index_gb18030_ranges(void);
/// How often letters follow each other in languages, and how common ideographs are, as JSON. See docs/decisions/encodings.md.
quern_table quern_languages(void);

#endif
