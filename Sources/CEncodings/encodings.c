#include "CEncodings.h"

static const unsigned char jis0208[] = {
#embed "tables/index-jis0208.bin"
};
static const unsigned char jis0212[] = {
#embed "tables/index-jis0212.bin"
};
static const unsigned char euc_kr[] = {
#embed "tables/index-euc-kr.bin"
};
static const unsigned char gb18030[] = {
#embed "tables/index-gb18030.bin"
};
static const unsigned char big5[] = {
#embed "tables/index-big5.bin"
};
static const unsigned char ranges[] = {
#embed "tables/index-gb18030-ranges.bin"
};
static const unsigned char languages[] = {
#embed "tables/languages.json"
};

quern_table quern_index_jis0208(void) { return (quern_table){jis0208, sizeof jis0208}; }
quern_table quern_index_jis0212(void) { return (quern_table){jis0212, sizeof jis0212}; }
quern_table quern_index_euc_kr(void) { return (quern_table){euc_kr, sizeof euc_kr}; }
quern_table quern_index_gb18030(void) { return (quern_table){gb18030, sizeof gb18030}; }
quern_table quern_index_big5(void) { return (quern_table){big5, sizeof big5}; }
quern_table quern_index_gb18030_ranges(void) { return (quern_table){ranges, sizeof ranges}; }
quern_table quern_languages(void) { return (quern_table){languages, sizeof languages}; }
