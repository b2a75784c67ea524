#ifndef QUERN_CGLYPHS_H
#define QUERN_CGLYPHS_H

#include <stddef.h>

/// Text in read-only memory.
typedef struct {
    const unsigned char *bytes;
    size_t length;
} quern_glyph_table;

/// Lines of a glyph name and its code points in hexadecimal: Adobe's glyph lists (github.com/adobe-type-tools/agl-aglfn, BSD-3-Clause).
quern_glyph_table quern_glyph_names(void);
/// Lines of the name of an encoding and its 256 glyph names, `-` for none (PDF 32000-1, annex D).
quern_glyph_table quern_glyph_encodings(void);
/// Lines of the name of a standard font, and glyph names with their widths in thousandths (Adobe Core 14 AFM files).
quern_glyph_table quern_glyph_widths(void);
/// The names that fonts of the Compact Font Format need not hold, by their numbers from 0 (Adobe Technical Note 5176, appendix A).
quern_glyph_table quern_glyph_strings(void);
/// Lines of the name of a character reference of HTML, with `!` behind those that count without a semicolon too, and its code points in
/// hexadecimal (HTML Living Standard, section 13.5).
quern_glyph_table quern_html_entities(void);

#endif
