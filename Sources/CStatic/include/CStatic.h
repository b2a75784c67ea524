// Nothing is called from here: the linker takes these parts in the place of those of libgcc and of Foundation's ICU.
