// The data of ICU that .ci/trim-icu has left of 34 MB. The linker finds this symbol first, and leaves Foundation's own data out.
#if defined(__linux__)
__attribute__((aligned(16))) const unsigned char icudt76_dat[] = {
#embed "icudt76l.dat"
};
#endif
