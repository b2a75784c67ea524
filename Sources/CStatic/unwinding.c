// A static executable registers its unwind tables when it starts, and libgcc sorts all of them, some 200,000 entries, the first
// time anything unwinds a stack. That is at each start, because the main thread of a Swift program ends with pthread_exit: 50 ms
// and 14 MB for each process, workers too. The executable also has a table that the linker sorted (PT_GNU_EH_FRAME), which
// libgcc reads where nothing is registered.

void __wrap___register_frame_info(const void *tables, void *object) {
    (void)tables;
    (void)object;
}

void *__wrap___deregister_frame_info(const void *tables) {
    (void)tables;
    return 0;
}
