#ifndef QUERN_CSANDBOX_H
#define QUERN_CSANDBOX_H

#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* System calls that Swift can not make: variadic ones, ones without a wrapper in the C library, kernel structures. */

/* Layers of confinement, as bits. */
enum {
    QUERN_LANDLOCK = 1 << 0,     /* only the named files can be opened, no TCP port bound, or reached but in QUERN_NETWORK */
    QUERN_SECCOMP = 1 << 1,      /* no system call but those of a list, so no socket but in QUERN_NETWORK, no program, no hand on other processes */
    QUERN_NO_NEW_PRIVS = 1 << 2, /* nothing executed later can gain privileges */
};

struct quern_confinement {
    int layers;       /* those that hold */
    int landlock_abi; /* the version of Landlock that holds, 0 for none */
};

enum { QUERN_ANY_LANDLOCK = 1 << 20 };

/* What a worker is for. */
enum quern_profile {
    QUERN_OFFLINE = 0, /* files, and no sockets */
    QUERN_NETWORK = 1, /* sockets of the internet that reach out, and none that listens */
};

/*
 * Takes away from the calling process what a worker does not need, for good. Answers with the layers that hold.
 *
 * Never fails: a kernel without a layer leaves its bit out and the work goes on, inside the other layers. It is for the caller
 * to tell. `read_paths` can be opened for reading and `write_paths` for writing too, each a file or everything below a folder;
 * a path that does not exist is skipped, so to make a new file name its folder. Descriptors that are open already stay usable.
 * Nothing can be renamed, removed, or given other owners, modes, times or attributes, not even there.
 *
 * Call it before a second thread starts: Landlock and capabilities belong to a thread and are inherited only by the
 * threads it starts afterwards. (The seccomp filter alone is put on every thread.) /proc is closed too, and libdispatch traps
 * when it can not look there: a confined process uses threads, no queues and no tasks.
 *
 * `newest_landlock` caps the version of Landlock, to see how a worker is held by an older kernel; QUERN_ANY_LANDLOCK does not.
 */
struct quern_confinement quern_confine(
    const char *const *read_paths, size_t read_count, const char *const *write_paths, size_t write_count, int newest_landlock,
    enum quern_profile profile);

/* The version of Landlock that this kernel speaks, 0 without. From 4 on it covers TCP, from 6 on signals. */
int quern_landlock_abi(void);

/*
 * Has the kernel kill this process when its parent ends, however it ends. 0, or an errno.
 *
 * "Parent" is the thread that started this process, see prctl(2) PR_SET_PDEATHSIG: that thread has to live as long as
 * the process. `parent` is its process id as the caller knows it; a parent that has ended already is answered with ESRCH.
 */
int quern_die_with_parent(pid_t parent);

/* Descriptors below are closed on exec and never 0, 1 or 2. A negative answer is a negated errno. */

/* ends[0] reads, ends[1] writes. 0 or a negated errno. */
int quern_pipe(int ends[2]);
/* A non-blocking counter to wake a poll(2). */
int quern_eventfd(void);
/* Becomes readable when the process has ended. */
int quern_pidfd(pid_t process);

/* posix_spawn_file_actions_addclosefrom_np, which the C library shows only to GNU sources. 0 or an errno. */
int quern_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

/* Resources that quern_limit knows, so that no caller needs the C library's enumeration. */
enum quern_resource {
    QUERN_ADDRESS_SPACE,
    QUERN_CPU_SECONDS,
    QUERN_FILE_BYTES,
    QUERN_OPEN_FILES,
    QUERN_CORE_BYTES,
};

/*
 * Sets a limit of another process, prlimit(2). 0 or a negated errno. A value above the hard limit that is already in
 * force is lowered to it instead of refused.
 */
int quern_limit(pid_t process, enum quern_resource resource, uint64_t soft, uint64_t hard);

/*
 * Makes this process keep the memory that it frees, in one heap for all threads and in huge pages where the system gives them on
 * request (transparent_hugepage/enabled). For commands that end within a blink, of which getting memory page by page and giving
 * it back is a good part. Call it before a second thread starts.
 */
void quern_keep_memory(void);

#endif
