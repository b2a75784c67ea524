#define _GNU_SOURCE

#include "CSandbox.h"

#if defined(__linux__)

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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
#define FS_REMOVE_DIR (1ull << 4)
#define FS_REMOVE_FILE (1ull << 5)
#define FS_MAKE_DIR (1ull << 7)
#define FS_MAKE_REG (1ull << 8)
#define FS_VERSION_1 ((1ull << 13) - 1)
#define FS_REFER (1ull << 13)     /* version 2 */
#define FS_TRUNCATE (1ull << 14)  /* version 3 */
#define FS_IOCTL_DEV (1ull << 15) /* version 5 */
#define NET_TCP 3ull              /* version 4: bind and connect */
#define SCOPES 3ull               /* version 6: abstract Unix sockets and signals to processes outside */

/* A rule for something that is no folder may only speak of files. */
#define FS_OF_FILES (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
#define FS_READING (FS_READ_FILE | FS_READ_DIR)
/* Devices, sockets and named pipes are never made, and nothing is executed. */
#define FS_WRITING                                                                                                         \
    (FS_READING | FS_WRITE_FILE | FS_TRUNCATE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR | FS_MAKE_REG | FS_REFER)

/*
 * libdispatch looks at /proc/<thread>/stat once a second to size its pools, and traps when it can not. What is private in
 * /proc (environ, mem, maps, fd) is behind a ptrace check, which Landlock refuses for every process outside.
 */
static const char *const needed_by_the_runtime[] = {"/proc"};
enum { NEEDED_COUNT = sizeof(needed_by_the_runtime) / sizeof(needed_by_the_runtime[0]) };

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

static bool landlock_confine(
    const char *const *read_paths, size_t read_count, const char *const *write_paths, size_t write_count) {
    int version = quern_landlock_abi();
    if (version == 0) return false;

    struct landlock_ruleset attributes = {.handled_access_fs = FS_VERSION_1};
    size_t size = sizeof(attributes.handled_access_fs);
    if (version >= 2) attributes.handled_access_fs |= FS_REFER;
    if (version >= 3) attributes.handled_access_fs |= FS_TRUNCATE;
    if (version >= 5) attributes.handled_access_fs |= FS_IOCTL_DEV;
    if (version >= 4) {
        attributes.handled_access_net = NET_TCP;
        size += sizeof(attributes.handled_access_net);
    }
    if (version >= 6) {
        attributes.scoped = SCOPES;
        size += sizeof(attributes.scoped);
    }
    int ruleset = (int)syscall(SYS_LANDLOCK_CREATE_RULESET, &attributes, size, 0);
    if (ruleset < 0) return false;
    landlock_allow(ruleset, attributes.handled_access_fs, FS_READING, needed_by_the_runtime, NEEDED_COUNT);
    landlock_allow(ruleset, attributes.handled_access_fs, FS_READING, read_paths, read_count);
    landlock_allow(ruleset, attributes.handled_access_fs, FS_WRITING, write_paths, write_count);
    bool holds = syscall(SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0;
    close(ruleset);
    return holds;
}

/* ---- seccomp, seccomp(2) ----------------------------------------------------------------------------------------- */

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#if defined(NATIVE_ARCHITECTURE)

/*
 * Calls a worker has no use for, answered with EPERM. A list of what is denied rather than of what is allowed: the
 * Swift runtime and the C library pick their calls by kernel version, and a worker must not die of an upgrade. What is
 * newer than this list is answered with ENOSYS, see LAST_KNOWN_CALL.
 */
static const int denied_calls[] = {
    /* Network. io_uring too, because its operations make and connect sockets past this filter. */
    __NR_socket, __NR_socketpair, __NR_connect, __NR_bind, __NR_listen, __NR_accept, __NR_accept4,
    425, 426, 427 /* io_uring_setup, _enter, _register */,
    /* Programs and processes; threads are sorted out below. */
    __NR_execve, __NR_execveat, __NR_unshare, __NR_setns, __NR_setsid, __NR_setpgid,
#if defined(__NR_fork)
    __NR_fork, __NR_vfork,
#endif
    /* Looking into, steering or signalling other processes. */
    __NR_ptrace, __NR_process_vm_readv, __NR_process_vm_writev, __NR_kcmp, __NR_tkill, __NR_rt_sigqueueinfo,
    __NR_rt_tgsigqueueinfo, 424 /* pidfd_send_signal */, 434 /* pidfd_open */, 438 /* pidfd_getfd */,
    440 /* process_madvise */, 448 /* process_mrelease */, __NR_setrlimit, __NR_migrate_pages, __NR_move_pages,
    /* Mounts and roots, and files opened past their path. */
    __NR_mount, __NR_umount2, __NR_pivot_root, __NR_chroot, __NR_open_by_handle_at, __NR_name_to_handle_at,
    428, 429, 430, 431, 432, 433 /* open_tree to fspick */, 442 /* mount_setattr */, __NR_fanotify_init, __NR_quotactl,
    443 /* quotactl_fd */, __NR_swapon, __NR_swapoff,
    /* The kernel itself. */
    __NR_kexec_load, __NR_kexec_file_load, __NR_init_module, __NR_finit_module, __NR_delete_module, __NR_bpf, __NR_perf_event_open, __NR_userfaultfd,
    __NR_reboot, __NR_acct, __NR_syslog, __NR_vhangup, __NR_personality, __NR_settimeofday, __NR_clock_settime,
    __NR_adjtimex, __NR_clock_adjtime, __NR_sethostname, __NR_setdomainname, __NR_capset,
#if defined(__NR_iopl)
    __NR_iopl, __NR_ioperm, __NR_modify_ldt,
#endif
    /* Keys, and memory or messages shared by name. */
    __NR_add_key, __NR_request_key, __NR_keyctl, __NR_shmget, __NR_shmat, __NR_semget, __NR_msgget, __NR_mq_open,
};

enum {
    LAST_KNOWN_CALL = 462, /* mseal */
    CLONE3_CALL = 435,
    FILTER_CAPACITY = 2 * (int)(sizeof(denied_calls) / sizeof(denied_calls[0])) + 64,
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

static bool seccomp_confine(void) {
    const uint32_t refused = SECCOMP_RET_ERRNO | EPERM, unknown = SECCOMP_RET_ERRNO | ENOSYS;
    const uint32_t self = (uint32_t)getpid();
    struct filter filter = {.count = 0};

    /* Another architecture has other numbers for the same calls (int 0x80): no honest program does that. */
    load(&filter, offsetof(struct seccomp_data, arch));
    step(&filter, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, NATIVE_ARCHITECTURE);
    answer(&filter, SECCOMP_RET_KILL_PROCESS);

    /* Above the list are also the numbers of x32, which start at bit 30. */
    load(&filter, offsetof(struct seccomp_data, nr));
    step(&filter, BPF_JMP | BPF_JGT | BPF_K, 0, 1, LAST_KNOWN_CALL);
    answer(&filter, unknown);

    /* The flags of clone3 lie in memory, where a filter can not see them. With ENOSYS the C library uses clone. */
    only_for(&filter, CLONE3_CALL, 1);
    answer(&filter, unknown);
    only_for(&filter, __NR_clone, 4);
    load(&filter, low_half(0));
    step(&filter, BPF_JMP | BPF_JSET | BPF_K, 0, 1, CLONE_THREAD);
    answer(&filter, SECCOMP_RET_ALLOW);
    answer(&filter, refused);

    /* abort() signals itself; the server has the same user and must stay out of reach. */
    const int signalling[] = {__NR_kill, __NR_tgkill};
    for (size_t i = 0; i < sizeof(signalling) / sizeof(signalling[0]); i++) {
        only_for(&filter, signalling[i], 4);
        load(&filter, low_half(0));
        step(&filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, self);
        answer(&filter, SECCOMP_RET_ALLOW);
        answer(&filter, refused);
    }

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

    for (size_t i = 0; i < sizeof(denied_calls) / sizeof(denied_calls[0]); i++) {
        only_for(&filter, denied_calls[i], 1);
        answer(&filter, refused);
    }
    answer(&filter, SECCOMP_RET_ALLOW);

    struct sock_fprog program = {.len = filter.count, .filter = filter.steps};
    /* TSYNC puts it on all threads or fails; then at least this thread and its later ones are held. */
    if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0) return true;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

static bool seccomp_offered(void) {
    uint32_t action = SECCOMP_RET_ERRNO;
    return syscall(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

#else

static bool seccomp_confine(void) { return false; }
static bool seccomp_offered(void) { return false; }

#endif

/* ---- The whole --------------------------------------------------------------------------------------------------- */

/*
 * A server run by root has workers run by root. They keep what reading and writing files takes, whoever owns the data
 * folder, and nothing else. Does nothing for everyone else.
 */
static void drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct halves[_LINUX_CAPABILITY_U32S_3] = {0};
    const uint32_t files = 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER;
    if (syscall(__NR_capget, &header, halves) != 0) return;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        const uint32_t kept = i == 0 ? files : 0;
        halves[i].effective &= kept;
        halves[i].permitted &= kept;
        halves[i].inheritable = 0;
    }
    (void)syscall(__NR_capset, &header, halves);
}

int quern_confine(const char *const *read_paths, size_t read_count, const char *const *write_paths, size_t write_count) {
    int layers = 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) layers |= QUERN_NO_NEW_PRIVS;
    /* Not dumpable: no core file with customers' rows, and no look into this memory by others of the same user. */
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    /* The filter comes last, since it denies what the other layers are set up with. */
    if (landlock_confine(read_paths, read_count, write_paths, write_count)) layers |= QUERN_LANDLOCK;
    drop_capabilities();
    if (seccomp_confine()) layers |= QUERN_SECCOMP;
    return layers;
}

int quern_confine_probe(void) {
    int layers = 0;
    if (quern_landlock_abi() > 0) layers |= QUERN_LANDLOCK;
    if (seccomp_offered()) layers |= QUERN_SECCOMP;
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0) layers |= QUERN_NO_NEW_PRIVS;
    return layers;
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

#else

#include <errno.h>

/* The product runs on Linux. Elsewhere it compiles, confines nothing and starts no worker. */
int quern_confine(const char *const *read_paths, size_t read_count, const char *const *write_paths, size_t write_count) {
    (void)read_paths, (void)read_count, (void)write_paths, (void)write_count;
    return 0;
}
int quern_confine_probe(void) { return 0; }
/*
 * libdispatch looks at /proc/<thread>/stat once a second to size its pools, and traps when it can not. What is private in
 * /proc (environ, mem, maps, fd) is behind a ptrace check, which Landlock refuses for every process outside.
 */
static const char *const needed_by_the_runtime[] = {"/proc"};
enum { NEEDED_COUNT = sizeof(needed_by_the_runtime) / sizeof(needed_by_the_runtime[0]) };

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

#endif
