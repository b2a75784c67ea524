#include "CGlyphs.h"

static const unsigned char glyphs[] = {
#embed "tables/glyphs.txt"
};
static const unsigned char encodings[] = {
#embed "tables/encodings.txt"
};
static const unsigned char entities[] = {
#embed "tables/entities.txt"
};
static const unsigned char strings[] = {
#embed "tables/cff.txt"
};
static const unsigned char widths[] = {
#embed "tables/widths.txt"
};

quern_glyph_table quern_glyph_names(void) { return (quern_glyph_table){glyphs, sizeof glyphs}; }
quern_glyph_table quern_glyph_encodings(void) { return (quern_glyph_table){encodings, sizeof encodings}; }
quern_glyph_table quern_glyph_widths(void) { return (quern_glyph_table){widths, sizeof widths}; }
quern_glyph_table quern_glyph_strings(void) { return (quern_glyph_table){strings, sizeof strings}; }
quern_glyph_table quern_html_entities(void) { return (quern_glyph_table){entities, sizeof entities}; }
