// Nothing is called from here: the linker puts these functions in the place of those of libgcc (see Package.swift).
