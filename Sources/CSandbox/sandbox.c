#define _GNU_SOURCE

#include "CSandbox.h"

#if defined(__linux__)

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Landlock, Documentation/userspace-api/landlock.rst ---------------------------------------------------------- */

/* Written out here, because the headers a build finds are often older than the kernel it will run on. */
struct landlock_ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net; /* from version 4 */
    uint64_t scoped;             /* from version 6 */
};

struct landlock_path {
    uint64_t allowed_access;
    int32_t parent_fd;
} __attribute__((packed));

enum {
    SYS_LANDLOCK_CREATE_RULESET = 444, /* the same on every architecture */
    SYS_LANDLOCK_ADD_RULE = 445,
    SYS_LANDLOCK_RESTRICT_SELF = 446,
    LANDLOCK_VERSION_FLAG = 1,
    LANDLOCK_PATH_BENEATH = 1,
};

#define FS_EXECUTE (1ull << 0)
#define FS_WRITE_FILE (1ull << 1)
#define FS_READ_FILE (1ull << 2)
#define FS_READ_DIR (1ull << 3)
#define FS_MAKE_REG (1ull << 8)
#define FS_VERSION_1 ((1ull << 13) - 1)
#define FS_REFER (1ull << 13)     /* version 2 */
#define FS_TRUNCATE (1ull << 14)  /* version 3 */
#define FS_IOCTL_DEV (1ull << 15) /* version 5 */
#define NET_BIND 1ull             /* version 4: a TCP port */
#define NET_CONNECT 2ull          /* version 4 */
#define SCOPES 3ull               /* version 6: abstract Unix sockets and signals to processes outside */

/* A rule for something that is no folder may only speak of files. */
#define FS_OF_FILES (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
#define FS_READING (FS_READ_FILE | FS_READ_DIR)
/* Plain files are made, and nothing else; nothing is removed, renamed or executed. */
#define FS_WRITING (FS_READING | FS_WRITE_FILE | FS_TRUNCATE | FS_MAKE_REG)

int quern_landlock_abi(void) {
    long version = syscall(SYS_LANDLOCK_CREATE_RULESET, NULL, 0, LANDLOCK_VERSION_FLAG);
    return version > 0 ? (int)version : 0;
}

static void landlock_allow(int ruleset, uint64_t handled, uint64_t access, const char *const *paths, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (paths[i] == NULL) continue;
        int path = open(paths[i], O_PATH | O_CLOEXEC);
        if (path < 0) continue;
        struct stat status;
        if (fstat(path, &status) == 0) {
            uint64_t allowed = access & handled;
            if (!S_ISDIR(status.st_mode)) allowed &= FS_OF_FILES;
            struct landlock_path rule = {.allowed_access = allowed, .parent_fd = path};
            /* A rule the kernel refuses leaves the path closed, which is the safe side. */
            (void)syscall(SYS_LANDLOCK_ADD_RULE, ruleset, LANDLOCK_PATH_BENEATH, &rule, 0);
        }
        close(path);
    }
}

/* Answers with the version that holds, 0 for none. */
static int landlock_confine(
    const char *const *read_paths, size_t read_count, const char *const *write_paths, size_t write_count, int newest,
    enum quern_profile profile) {
    int version = quern_landlock_abi();
    if (version > newest) version = newest;
    if (version <= 0) return 0;

    struct landlock_ruleset attributes = {.handled_access_fs = FS_VERSION_1};
    size_t size = sizeof(attributes.handled_access_fs);
    if (version >= 2) attributes.handled_access_fs |= FS_REFER;
    if (version >= 3) attributes.handled_access_fs |= FS_TRUNCATE;
    if (version >= 5) attributes.handled_access_fs |= FS_IOCTL_DEV;
    if (version >= 4) {
        attributes.handled_access_net = profile == QUERN_NETWORK ? NET_BIND : NET_BIND | NET_CONNECT;
        size += sizeof(attributes.handled_access_net);
    }
    if (version >= 6) {
        attributes.scoped = SCOPES;
        size += sizeof(attributes.scoped);
    }
    int ruleset = (int)syscall(SYS_LANDLOCK_CREATE_RULESET, &attributes, size, 0);
    if (ruleset < 0) return 0;
    landlock_allow(ruleset, attributes.handled_access_fs, FS_READING, read_paths, read_count);
    landlock_allow(ruleset, attributes.handled_access_fs, FS_WRITING, write_paths, write_count);
    bool holds = syscall(SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0;
    close(ruleset);
    return holds ? version : 0;
}

/* ---- seccomp, seccomp(2) ----------------------------------------------------------------------------------------- */

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#if defined(NATIVE_ARCHITECTURE)

/*
 * What a worker needs: it reads its input, writes its files, computes in threads, and ends. Calls whose arguments decide are
 * sorted out in `seccomp_confine`. Everything else is refused, whatever the kernel will learn.
 */
static const int allowed_calls[] = {
    /* Reading and writing what is open. No chmod, chown, utimes or xattr by descriptor: the input is open too. */
    __NR_read, __NR_write, __NR_readv, __NR_writev, __NR_pread64, __NR_pwrite64, __NR_preadv, __NR_pwritev, __NR_lseek,
    __NR_close, __NR_fstat, __NR_ftruncate, __NR_fallocate, __NR_fsync, __NR_fdatasync, __NR_sync_file_range, __NR_fadvise64,
    __NR_dup, __NR_dup3, __NR_ppoll, __NR_getdents64,
    /* Looking. What may be opened is for Landlock; what a path is called tells nothing that the order does not. */
    __NR_newfstatat, __NR_statx, __NR_faccessat, 439 /* faccessat2 */, __NR_readlinkat, __NR_getcwd, __NR_umask,
#if defined(__NR_stat)
    __NR_stat, __NR_lstat, __NR_access, __NR_readlink, __NR_poll, __NR_dup2,
#endif
    /* Memory. */
    __NR_brk, __NR_munmap, __NR_mremap, __NR_madvise, __NR_mincore,
    /* Threads. */
    __NR_futex, __NR_set_robust_list, __NR_rseq, __NR_set_tid_address, __NR_gettid, __NR_sched_yield, __NR_sched_getaffinity,
    __NR_getcpu, __NR_exit, __NR_exit_group, __NR_membarrier,
    /* Signals to itself. */
    __NR_rt_sigaction, __NR_rt_sigprocmask, __NR_rt_sigreturn, __NR_rt_sigsuspend, __NR_sigaltstack, __NR_restart_syscall,
    /* Time and chance. */
    __NR_clock_gettime, __NR_clock_getres, __NR_gettimeofday, __NR_nanosleep, __NR_clock_nanosleep, __NR_getrandom,
#if defined(__NR_time)
    __NR_time,
#endif
    /* Who it is and what it has used. */
    __NR_getpid, __NR_getppid, __NR_getuid, __NR_geteuid, __NR_getgid, __NR_getegid, __NR_uname, __NR_sysinfo, __NR_getrusage,
    __NR_times,
};

/* What asking others takes besides. Nothing that waits to be asked: no bind, listen or accept. */
static const int network_calls[] = {
    __NR_connect, __NR_sendto, __NR_sendmsg, __NR_recvfrom, __NR_recvmsg, __NR_shutdown, __NR_getsockname, __NR_getpeername,
    __NR_getsockopt,
    /* How one thread waits for many sockets and clocks. */
    __NR_epoll_create1, __NR_epoll_ctl, __NR_epoll_pwait, __NR_eventfd2, __NR_timerfd_create, __NR_timerfd_settime,
#if defined(__NR_epoll_wait)
    __NR_epoll_create, __NR_epoll_wait,
#endif
};

/*
 * What no library tries on its own: a process that does is in the hands of its file, and ends. Everything else that is not
 * allowed gets EPERM, because libraries do ask for more than they need and live without.
 */
static const int deadly_calls[] = {
    __NR_execve, __NR_execveat, __NR_unshare, __NR_setns, __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev,
    __NR_mount, __NR_umount2, __NR_pivot_root, __NR_chroot, __NR_open_by_handle_at, __NR_kexec_load, __NR_init_module,
    __NR_finit_module, __NR_delete_module, __NR_bpf, __NR_perf_event_open, __NR_userfaultfd, __NR_reboot, __NR_add_key,
    __NR_request_key, __NR_keyctl, 425 /* io_uring_setup */, 438 /* pidfd_getfd */,
#if defined(__NR_fork)
    __NR_fork, __NR_vfork,
#endif
};

/* A thread, and nothing that a new process, a namespace or a tracer would need. */
#define CLONE_REFUSED                                                                                                      \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_PTRACE | \
     0x80u /* CLONE_NEWTIME */)

enum {
    LAST_KNOWN_CALL = 462, /* mseal */
    CLONE3_CALL = 435,
    OPENAT2_CALL = 437,
    ALLOWED_COUNT = sizeof(allowed_calls) / sizeof(allowed_calls[0]),
    DEADLY_COUNT = sizeof(deadly_calls) / sizeof(deadly_calls[0]),
    NETWORK_COUNT = sizeof(network_calls) / sizeof(network_calls[0]),
    FILTER_CAPACITY = 2 * (ALLOWED_COUNT + DEADLY_COUNT + NETWORK_COUNT) + 160,
};

struct filter {
    struct sock_filter steps[FILTER_CAPACITY];
    unsigned short count;
};

static void step(struct filter *filter, unsigned short code, unsigned char yes, unsigned char no, uint32_t operand) {
    filter->steps[filter->count++] = (struct sock_filter){.code = code, .jt = yes, .jf = no, .k = operand};
}

static void load(struct filter *filter, size_t offset) { step(filter, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset); }

static void answer(struct filter *filter, uint32_t verdict) { step(filter, BPF_RET | BPF_K, 0, 0, verdict); }

/* The next `body` steps are for this call only. */
static void only_for(struct filter *filter, int call, unsigned char body) {
    step(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, body, (uint32_t)call);
}

/* Both architectures are little-endian: the low half of an argument comes first. */
static size_t low_half(int argument) { return offsetof(struct seccomp_data, args) + 8 * (size_t)argument; }

static const uint32_t refused = SECCOMP_RET_ERRNO | EPERM, unknown = SECCOMP_RET_ERRNO | ENOSYS;

/* Allows the call when its argument has none of these bits. */
static void allow_without_bits(struct filter *filter, int call, int argument, uint32_t bits) {
    only_for(filter, call, 4);
    load(filter, low_half(argument));
    step(filter, BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits);
    answer(filter, refused);
    answer(filter, SECCOMP_RET_ALLOW);
}

/* Allows the call when its argument is one of these. */
static void allow_values(struct filter *filter, int call, int argument, const uint32_t *values, unsigned char count) {
    only_for(filter, call, (unsigned char)(2 + 2 * count));
    load(filter, low_half(argument));
    for (unsigned char i = 0; i < count; i++) {
        step(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, values[i]);
        answer(filter, SECCOMP_RET_ALLOW);
    }
    answer(filter, refused);
}

/*
 * Opens with these flags. Emptying needs the right to write: Landlock 1 and 2 know no right to empty, and let
 * O_RDONLY | O_TRUNC pass on what may be read.
 */
static void allow_opening(struct filter *filter, int call, int argument) {
    only_for(filter, call, 8);
    load(filter, low_half(argument));
    step(filter, BPF_JMP | BPF_JSET | BPF_K, 0, 1, O_ASYNC);
    answer(filter, refused);
    step(filter, BPF_ALU | BPF_AND | BPF_K, 0, 0, O_TRUNC | O_ACCMODE);
    step(filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, O_TRUNC | O_RDONLY);
    step(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, O_TRUNC | O_ACCMODE);
    answer(filter, refused);
    answer(filter, SECCOMP_RET_ALLOW);
}

static bool seccomp_confine(enum quern_profile profile) {
    const uint32_t self = (uint32_t)getpid();
    struct filter filter = {.count = 0};

    /* Another architecture has other numbers for the same calls (int 0x80): no honest program does that. */
    load(&filter, offsetof(struct seccomp_data, arch));
    step(&filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, NATIVE_ARCHITECTURE);
    answer(&filter, SECCOMP_RET_KILL_PROCESS);

    /* Newer than this list: libraries try, and fall back. Above are also the numbers of x32, which start at bit 30. */
    load(&filter, offsetof(struct seccomp_data, nr));
    step(&filter, BPF_JMP | BPF_JGT | BPF_K, 0, 1, LAST_KNOWN_CALL);
    answer(&filter, unknown);

    for (size_t i = 0; i < ALLOWED_COUNT; i++) {
        only_for(&filter, allowed_calls[i], 1);
        answer(&filter, SECCOMP_RET_ALLOW);
    }
    for (size_t i = 0; i < DEADLY_COUNT; i++) {
        only_for(&filter, deadly_calls[i], 1);
        answer(&filter, SECCOMP_RET_KILL_PROCESS);
    }

    if (profile == QUERN_NETWORK) {
        for (size_t i = 0; i < NETWORK_COUNT; i++) {
            only_for(&filter, network_calls[i], 1);
            answer(&filter, SECCOMP_RET_ALLOW);
        }
        const uint32_t families[] = {AF_INET, AF_INET6};
        allow_values(&filter, __NR_socket, 0, families, 2);
        const uint32_t levels[] = {SOL_SOCKET, IPPROTO_TCP};
        allow_values(&filter, __NR_setsockopt, 1, levels, 2);
    }

    /* Their flags lie in memory, where a filter can not see them. With ENOSYS the C library uses clone and openat. */
    only_for(&filter, CLONE3_CALL, 1);
    answer(&filter, unknown);
    only_for(&filter, OPENAT2_CALL, 1);
    answer(&filter, unknown);
    only_for(&filter, __NR_clone, 6);
    load(&filter, low_half(0));
    step(&filter, BPF_JMP | BPF_JSET | BPF_K, 0, 3, CLONE_THREAD);
    step(&filter, BPF_JMP | BPF_JSET | BPF_K, 1, 0, CLONE_REFUSED);
    answer(&filter, SECCOMP_RET_ALLOW);
    answer(&filter, refused);
    answer(&filter, SECCOMP_RET_KILL_PROCESS);

    allow_opening(&filter, __NR_openat, 2);
#if defined(__NR_open)
    allow_opening(&filter, __NR_open, 1);
#endif

    /* No code but what the kernel has loaded. */
    allow_without_bits(&filter, __NR_mmap, 2, PROT_EXEC);
    allow_without_bits(&filter, __NR_mprotect, 2, PROT_EXEC);

    /* No locks, leases, notifications or owners: with F_SETOWN and F_SETSIG the kernel signals others for us. */
    only_for(&filter, __NR_fcntl, 7);
    load(&filter, low_half(1));
    step(&filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, F_SETFL);
    load(&filter, low_half(2));
    step(&filter, BPF_JMP | BPF_JSET | BPF_K, 0, 1, O_ASYNC);
    answer(&filter, refused);
    answer(&filter, SECCOMP_RET_ALLOW);
    load(&filter, offsetof(struct seccomp_data, nr));
    const uint32_t descriptor_flags[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL};
    allow_values(&filter, __NR_fcntl, 1, descriptor_flags, 5);
    /* Whether a stream is a terminal. */
    const uint32_t terminal[] = {0x5401 /* TCGETS */};
    allow_values(&filter, __NR_ioctl, 1, terminal, 1);
    /* Not the death signal, which ties this process to the server. */
    const uint32_t names[] = {PR_SET_NAME, PR_GET_NAME};
    allow_values(&filter, __NR_prctl, 0, names, 2);
    /* abort() signals itself; the server has the same user and must stay out of reach. */
    allow_values(&filter, __NR_kill, 0, &self, 1);
    allow_values(&filter, __NR_tgkill, 0, &self, 1);

    /* Limits may be read (thread stacks are sized by them), of this process, and never set: args are pid, _, new, old. */
    only_for(&filter, __NR_prlimit64, 8);
    load(&filter, low_half(0));
    step(&filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 5, 0);
    load(&filter, low_half(2));
    step(&filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0);
    load(&filter, low_half(2) + 4);
    step(&filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
    answer(&filter, SECCOMP_RET_ALLOW);
    answer(&filter, refused);
#if defined(__NR_getrlimit)
    only_for(&filter, __NR_getrlimit, 1);
    answer(&filter, SECCOMP_RET_ALLOW);
#endif

    answer(&filter, refused);

    struct sock_fprog program = {.len = filter.count, .filter = filter.steps};
    /* TSYNC puts it on all threads or fails; then at least this thread and its later ones are held. */
    if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0) return true;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

#else

static bool seccomp_confine(enum quern_profile profile) { return (void)profile, false; }

#endif

/* ---- The whole --------------------------------------------------------------------------------------------------- */

/*
 * A server run by root has workers run by root. They keep what reading takes, whoever owns the data folder, and nothing else;
 * what they write is in a folder that the server has just made. Does nothing for everyone else.
 */
static void drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct halves[_LINUX_CAPABILITY_U32S_3] = {0};
    const uint32_t files = 1u << CAP_DAC_READ_SEARCH;
    if (syscall(__NR_capget, &header, halves) != 0) return;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        const uint32_t kept = i == 0 ? files : 0;
        halves[i].effective &= kept;
        halves[i].permitted &= kept;
        halves[i].inheritable = 0;
    }
    (void)syscall(__NR_capset, &header, halves);
}

struct quern_confinement quern_confine(
    const char *const *read_paths, size_t read_count, const char *const *write_paths, size_t write_count, int newest_landlock,
    enum quern_profile profile) {
    struct quern_confinement held = {0};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) held.layers |= QUERN_NO_NEW_PRIVS;
    /* Not dumpable: no core file with customers' rows, and no look into this memory by others of the same user. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    /* The filter comes last, since it denies what the other layers are set up with. */
    held.landlock_abi = landlock_confine(read_paths, read_count, write_paths, write_count, newest_landlock, profile);
    if (held.landlock_abi > 0) held.layers |= QUERN_LANDLOCK;
    drop_capabilities();
    if (seccomp_confine(profile)) held.layers |= QUERN_SECCOMP;
    return held;
}

int quern_die_with_parent(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
    /* It may have ended before the call above, and then no signal comes. */
    return getppid() == parent ? 0 : ESRCH;
}

/* ---- Descriptors and limits for the supervisor ------------------------------------------------------------------- */

/* Out of the way of 0, 1 and 2, which a child's standard streams are copied onto one after the other. */
static int above_standard_streams(int descriptor) {
    if (descriptor < 0) return -errno;
    if (descriptor > STDERR_FILENO) return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int failure = errno;
    close(descriptor);
    return moved < 0 ? -failure : moved;
}

int quern_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    ends[0] = above_standard_streams(ends[0]);
    ends[1] = above_standard_streams(ends[1]);
    if (ends[0] >= 0 && ends[1] >= 0) return 0;
    int failure = ends[0] < 0 ? ends[0] : ends[1];
    if (ends[0] >= 0) close(ends[0]);
    if (ends[1] >= 0) close(ends[1]);
    return failure;
}

int quern_eventfd(void) { return above_standard_streams(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int quern_pidfd(pid_t process) {
    return above_standard_streams((int)syscall(434 /* pidfd_open, the same on every architecture */, process, 0));
}

int quern_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int quern_limit(pid_t process, enum quern_resource resource, uint64_t soft, uint64_t hard) {
    static const int resources[] = {
        [QUERN_ADDRESS_SPACE] = RLIMIT_AS,  [QUERN_CPU_SECONDS] = RLIMIT_CPU, [QUERN_FILE_BYTES] = RLIMIT_FSIZE,
        [QUERN_OPEN_FILES] = RLIMIT_NOFILE, [QUERN_CORE_BYTES] = RLIMIT_CORE,
    };
    struct rlimit64 limit;
    if (prlimit64(process, resources[resource], NULL, &limit) != 0) return -errno;
    /* Raising a hard limit is for root; the smaller one keeps the promise as well. */
    if (hard < limit.rlim_max) limit.rlim_max = hard;
    limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
    return prlimit64(process, resources[resource], &limit, NULL) == 0 ? 0 : -errno;
}

void quern_keep_memory(void) {
    enum { HEAP = 32 << 20, HUGE_PAGE = 2 << 20 };
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, HEAP); /* the most that the C library takes */
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, HEAP);
    void *volatile more = malloc(HEAP / 64); /* than there is, so that the heap grows now */
    free(more);
    uintptr_t end = (uintptr_t)sbrk(0), start = (end - HEAP + HUGE_PAGE - 1) & ~((uintptr_t)HUGE_PAGE - 1);
    if (start < end) madvise((void *)start, end - start, MADV_HUGEPAGE);
}

#else

#include <errno.h>

/* The product runs on Linux. Elsewhere it compiles, confines nothing and starts no worker. */
struct quern_confinement quern_confine(
    const char *const *read_paths, size_t read_count, const char *const *write_paths, size_t write_count, int newest_landlock,
    enum quern_profile profile) {
    (void)read_paths, (void)read_count, (void)write_paths, (void)write_count, (void)newest_landlock, (void)profile;
    return (struct quern_confinement){0};
}
int quern_landlock_abi(void) { return 0; }
int quern_die_with_parent(pid_t parent) { return (void)parent, ENOSYS; }
int quern_pipe(int ends[2]) { return (void)ends, -ENOSYS; }
int quern_eventfd(void) { return -ENOSYS; }
int quern_pidfd(pid_t process) { return (void)process, -ENOSYS; }
int quern_spawn_close_from(posix_spawn_file_actions_t *actions, int first) { return (void)actions, (void)first, ENOSYS; }
int quern_limit(pid_t process, enum quern_resource resource, uint64_t soft, uint64_t hard) {
    (void)process, (void)resource, (void)soft, (void)hard;
    return -ENOSYS;
}
void quern_keep_memory(void) {}

#endif
