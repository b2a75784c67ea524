#define _GNU_SOURCE

#include "SandboxTrial.h"

#include "CSandbox.h"

#if defined(__linux__)

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Where a trial runs: paths, and descriptors that were open before the confinement. */
struct place {
    char input[PATH_MAX], staging[PATH_MAX], made[PATH_MAX], other[PATH_MAX], objects[PATH_MAX], new[PATH_MAX];
    int in, out, pipe[2];
    pid_t server;
    struct sockaddr_in listener; /* a server that answers nobody */
};

static int failing(int answer) { return answer < 0 ? errno : 0; }
static int opened(int descriptor) { return failing(descriptor); }

/* ---- What a worker needs ----------------------------------------------------------------------------------------- */

static int open_input(struct place *p) { return opened(open(p->input, O_RDONLY | O_CLOEXEC)); }
static int make_file(struct place *p) { return opened(open(p->made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)); }
static int write_made(struct place *p) {
    int made = open(p->made, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return made < 0 || pwrite(made, "x", 1, 0) != 1 || ftruncate(made, 1) != 0 || fsync(made) != 0 ? errno : 0;
}
static int read_input(struct place *p) {
    char byte;
    return failing((int)pread(p->in, &byte, 1, 0));
}
static int look(struct place *p) {
    struct stat status;
    return failing(stat(p->input, &status));
}
static int speak(struct place *p) { return failing((int)write(p->pipe[1], "x", 1)); }
static int map_memory(struct place *p) {
    (void)p;
    return mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
}
static void *nothing(void *p) { return p; }
static int start_thread(struct place *p) {
    pthread_t thread;
    (void)p;
    int failure = pthread_create(&thread, NULL, nothing, NULL);
    return failure != 0 ? failure : pthread_join(thread, NULL);
}
static int chance(struct place *p) {
    char byte;
    (void)p;
    return failing((int)getrandom(&byte, 1, 0));
}
static int wait_a_little(struct place *p) {
    (void)p;
    return failing(poll(NULL, 0, 1));
}
static int read_limit(struct place *p) {
    struct rlimit limit;
    (void)p;
    return failing(getrlimit(RLIMIT_STACK, &limit));
}
static int own_usage(struct place *p) {
    struct rusage usage;
    (void)p;
    return failing(getrusage(RUSAGE_SELF, &usage));
}
static int signal_self(struct place *p) {
    (void)p;
    return failing(kill(getpid(), 0));
}
static int name_thread(struct place *p) {
    (void)p;
    return failing(prctl(PR_SET_NAME, "trial", 0, 0, 0));
}
static int read_flags(struct place *p) { return failing(fcntl(p->in, F_GETFL)); }

/* ---- Files that are nobody's business ---------------------------------------------------------------------------- */

static int open_other(struct place *p) { return opened(open(p->other, O_RDONLY)); }
static int write_other(struct place *p) { return opened(open(p->other, O_WRONLY)); }
static int open_proc_server(struct place *p) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/cmdline", p->server);
    return opened(open(path, O_RDONLY));
}
static int open_proc_self(struct place *p) { return (void)p, opened(open("/proc/self/environ", O_RDONLY)); }
static int list_folder(struct place *p) { return opened(open(p->objects, O_RDONLY | O_DIRECTORY)); }
static int list_proc(struct place *p) { return (void)p, opened(open("/proc", O_RDONLY | O_DIRECTORY)); }
static int write_input(struct place *p) { return opened(open(p->input, O_RDWR)); }
static int make_elsewhere(struct place *p) { return opened(open(p->new, O_WRONLY | O_CREAT, 0600)); }

static int truncate_other(struct place *p) { return failing(truncate(p->other, 0)); }
static int truncate_input(struct place *p) { return failing(truncate(p->input, 0)); }
static int empty_input_by_opening(struct place *p) { return opened(open(p->input, O_RDONLY | O_TRUNC)); }
static int chmod_other(struct place *p) { return failing(chmod(p->other, 0600)); }
static int fchmodat_other(struct place *p) { return failing((int)syscall(SYS_fchmodat, AT_FDCWD, p->other, 0600)); }
static int fchmod_input(struct place *p) { return failing(fchmod(p->in, 0600)); }
static int chown_other(struct place *p) { return failing(chown(p->other, getuid(), (gid_t)-1)); }
static int lchown_other(struct place *p) { return failing(lchown(p->other, getuid(), (gid_t)-1)); }
static int fchown_input(struct place *p) { return failing(fchown(p->in, getuid(), (gid_t)-1)); }
static int utimes_other(struct place *p) { return failing(utimensat(AT_FDCWD, p->other, NULL, 0)); }
static int futimens_input(struct place *p) { return failing(futimens(p->in, NULL)); }
static int setxattr_other(struct place *p) { return failing(setxattr(p->other, "user.quern", "x", 1, 0)); }
static int fsetxattr_input(struct place *p) { return failing(fsetxattr(p->in, "user.quern", "x", 1, 0)); }
static int removexattr_other(struct place *p) { return failing(removexattr(p->other, "user.none")); }
static int listxattr_other(struct place *p) { return failing((int)listxattr(p->other, NULL, 0)); }
static int link_other(struct place *p) { return failing(link(p->other, p->new)); }
static int symlink_new(struct place *p) { return failing(symlink(p->other, p->new)); }
static int symlink_staging(struct place *p) {
    char path[PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/link", p->staging);
    return failing(symlink(p->other, path));
}
static int rename_other(struct place *p) { return failing(rename(p->other, p->new)); }
static int unlink_other(struct place *p) { return failing(unlink(p->other)); }
static int unlink_input(struct place *p) { return failing(unlink(p->input)); }
static int mkdir_new(struct place *p) { return failing(mkdir(p->new, 0700)); }
static int rmdir_objects(struct place *p) { return failing(rmdir(p->objects)); }
static int mkfifo_new(struct place *p) { return failing(mkfifo(p->new, 0600)); }
static int lock_input(struct place *p) { return failing(flock(p->in, LOCK_EX | LOCK_NB)); }
static int record_lock_input(struct place *p) {
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    return failing(fcntl(p->in, F_SETLK, &lock));
}
static int lease_input(struct place *p) { return failing(fcntl(p->in, F_SETLEASE, F_RDLCK)); }
static int notify_folder(struct place *p) { return failing(fcntl(p->in, F_NOTIFY, DN_MODIFY)); }
static int inotify(struct place *p) {
    int watch = inotify_init1(0);
    return watch < 0 ? errno : failing(inotify_add_watch(watch, p->objects, IN_ALL_EVENTS));
}
static int fanotify(struct place *p) { return (void)p, failing((int)syscall(SYS_fanotify_init, 0x200, 0)); }
static int chdir_objects(struct place *p) { return failing(chdir(p->objects)); }
static int chroot_objects(struct place *p) { return failing(chroot(p->objects)); }
static int name_handle(struct place *p) {
    struct {
        struct file_handle head;
        char bytes[MAX_HANDLE_SZ];
    } handle = {.head = {.handle_bytes = MAX_HANDLE_SZ}};
    int mount;
    return failing(name_to_handle_at(AT_FDCWD, p->other, &handle.head, &mount, 0));
}
static int mount_something(struct place *p) { return failing(mount("none", p->objects, "tmpfs", 0, NULL)); }
static int clone_tree(struct place *p) { return failing((int)syscall(428, AT_FDCWD, p->objects, 0)); }
static int openat2_other(struct place *p) {
    uint64_t how[3] = {O_RDONLY, 0, 0};
    return failing((int)syscall(437, AT_FDCWD, p->other, how, sizeof how));
}

/* ---- The server's process ---------------------------------------------------------------------------------------- */

static int signal_server(struct place *p) { return failing(kill(p->server, 0)); }
static int tgkill_server(struct place *p) { return failing((int)syscall(SYS_tgkill, p->server, p->server, 0)); }
static int tkill_server(struct place *p) { return failing((int)syscall(SYS_tkill, p->server, 0)); }
static int queue_signal(struct place *p) { return failing(sigqueue(p->server, 0, (union sigval){0})); }
static int signal_group(struct place *p) { return (void)p, failing(kill(0, 0)); }
static int own_by_server(struct place *p) { return failing(fcntl(p->pipe[0], F_SETOWN, p->server)); }
static int own_by_server_ex(struct place *p) {
    struct f_owner_ex owner = {.type = F_OWNER_PID, .pid = p->server};
    return failing(fcntl(p->pipe[0], F_SETOWN_EX, &owner));
}
static int choose_signal(struct place *p) { return failing(fcntl(p->pipe[0], F_SETSIG, SIGURG)); }
static int signal_driven(struct place *p) { return failing(fcntl(p->pipe[0], F_SETFL, O_ASYNC)); }
static int signal_driven_by_ioctl(struct place *p) {
    int on = 1;
    return failing(ioctl(p->pipe[0], FIOASYNC, &on));
}
static int owner_by_ioctl(struct place *p) { return failing(ioctl(p->pipe[0], FIOSETOWN, &p->server)); }
static int affinity_of_server(struct place *p) {
    cpu_set_t set;
    if (sched_getaffinity(p->server, sizeof set, &set) != 0) return errno;
    return failing(sched_setaffinity(p->server, sizeof set, &set));
}
static int affinity_of_itself(struct place *p) {
    cpu_set_t set;
    (void)p;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return errno;
    return failing(sched_setaffinity(0, sizeof set, &set));
}
static int policy_of_server(struct place *p) {
    struct sched_param parameters = {0};
    return failing(sched_setscheduler(p->server, SCHED_OTHER, &parameters));
}
static int attributes_of_server(struct place *p) {
    char attributes[56];
    if (syscall(SYS_sched_getattr, p->server, attributes, sizeof attributes, 0) != 0) return errno;
    return failing((int)syscall(SYS_sched_setattr, p->server, attributes, 0));
}
static int priority_of_server(struct place *p) {
    errno = 0;
    int nice = getpriority(PRIO_PROCESS, (id_t)p->server);
    return errno != 0 ? errno : failing(setpriority(PRIO_PROCESS, (id_t)p->server, nice));
}
static int disk_priority_of_server(struct place *p) {
    return failing((int)syscall(SYS_ioprio_set, 1, p->server, 2 << 13 | 4));
}
static int limit_of_server(struct place *p) {
    struct rlimit limit;
    return failing(prlimit(p->server, RLIMIT_NOFILE, NULL, &limit));
}
static int limit_of_itself(struct place *p) {
    struct rlimit limit;
    (void)p;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return errno;
    return failing(setrlimit(RLIMIT_NOFILE, &limit));
}
static int trace_server(struct place *p) { return failing((int)ptrace(PTRACE_SEIZE, p->server, NULL, NULL)); }
static int read_server(struct place *p) {
    char byte;
    struct iovec here = {&byte, 1}, there = {p, 1};
    return failing((int)process_vm_readv(p->server, &here, 1, &there, 1, 0));
}
static int write_server(struct place *p) {
    static char byte;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    return failing((int)process_vm_writev(p->server, &here, 1, &there, 1, 0));
}
static int pidfd_of_server(struct place *p) { return failing((int)syscall(434, p->server, 0)); }
static int compare_server(struct place *p) { return failing((int)syscall(SYS_kcmp, p->server, p->server, 0, 0, 0)); }
static int pages_of_server(struct place *p) { return failing((int)syscall(SYS_move_pages, p->server, 0, NULL, NULL, NULL, 0)); }
static int group_of_server(struct place *p) { return failing(getpgid(p->server)); }
static int robust_list_of_server(struct place *p) {
    void *head;
    size_t length;
    return failing((int)syscall(SYS_get_robust_list, p->server, &head, &length));
}

/* ---- Programs, namespaces, networks, the kernel ------------------------------------------------------------------ */

static int start_program(struct place *p) {
    char *arguments[] = {"/bin/true", NULL};
    (void)p;
    execv("/bin/true", arguments);
    return errno;
}
static int fork_itself(struct place *p) {
    (void)p;
    pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0) _exit(0);
    if (child > 0) waitpid(child, NULL, 0);
    return failing(child);
}
static int clone3_itself(struct place *p) {
    uint64_t arguments[8] = {0};
    (void)p;
    arguments[4] = SIGCHLD;
    pid_t child = (pid_t)syscall(435, arguments, sizeof arguments);
    if (child == 0) _exit(0);
    if (child > 0) waitpid(child, NULL, 0);
    return failing(child);
}
static int unshare_user(struct place *p) { return (void)p, failing(unshare(CLONE_NEWUSER)); }
static int new_session(struct place *p) { return (void)p, failing(setsid()); }
static int outlive_server(struct place *p) { return (void)p, failing(prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)); }
static int dumpable(struct place *p) { return (void)p, failing(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }
static int code_in_memory(struct place *p) {
    (void)p;
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? errno : 0;
}
static int code_of_data(struct place *p) {
    (void)p;
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? errno : failing(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}
static int memory_file(struct place *p) { return (void)p, failing(memfd_create("x", 0)); }
static int internet_socket(struct place *p) { return (void)p, failing(socket(AF_INET, SOCK_STREAM, 0)); }
static int reach_a_server(struct place *p) {
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return client < 0 ? errno : failing(connect(client, (struct sockaddr *)&p->listener, sizeof p->listener));
}
static int write_to_a_server(struct place *p) {
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (client < 0 || connect(client, (struct sockaddr *)&p->listener, sizeof p->listener) != 0) return errno;
    if (setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 || send(client, "x", 1, MSG_NOSIGNAL) != 1) return errno;
    return failing(shutdown(client, SHUT_WR));
}
static int send_a_datagram(struct place *p) {
    int client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return client < 0 ? errno : failing((int)sendto(client, "x", 1, 0, (struct sockaddr *)&p->listener, sizeof p->listener));
}
static int newer_internet_socket(struct place *p) { return (void)p, failing(socket(AF_INET6, SOCK_STREAM, 0)); }
static int bind_a_port(struct place *p) {
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    (void)p;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return server < 0 ? errno : failing(bind(server, (struct sockaddr *)&any, sizeof any));
}
static int bind_for_datagrams(struct place *p) {
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    (void)p;
    int server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return server < 0 ? errno : failing(bind(server, (struct sockaddr *)&any, sizeof any));
}
static int listen_without_a_port(struct place *p) {
    (void)p;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return server < 0 ? errno : failing(listen(server, 1));
}
static int raw_socket(struct place *p) { return (void)p, failing(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); }
static int packet_socket(struct place *p) { return (void)p, failing(socket(AF_PACKET, SOCK_RAW, 0)); }
static int local_socket(struct place *p) { return (void)p, failing(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int socket_pair(struct place *p) {
    int ends[2];
    (void)p;
    return failing(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
}
static int netlink_socket(struct place *p) { return (void)p, failing(socket(AF_NETLINK, SOCK_RAW, 0)); }
static int ring(struct place *p) {
    char parameters[120] = {0};
    (void)p;
    return failing((int)syscall(425, 1, parameters));
}
static int event_counter(struct place *p) { return (void)p, failing(eventfd(0, 0)); }
static int poll_set(struct place *p) { return (void)p, failing(epoll_create1(0)); }
static int kernel_program(struct place *p) { return (void)p, failing((int)syscall(SYS_bpf, 0, NULL, 0)); }
static int counters(struct place *p) { return (void)p, failing((int)syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0)); }
static int faults(struct place *p) { return (void)p, failing((int)syscall(SYS_userfaultfd, 1)); }
static int a_key(struct place *p) {
    (void)p;
    return failing((int)syscall(SYS_add_key, "user", "quern-trial", "x", 1, -1 /* of the thread: gone with it */));
}
static int shared_memory(struct place *p) {
    (void)p;
    int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);
    if (id >= 0) shmctl(id, IPC_RMID, NULL);
    return failing(id);
}
static int timer(struct place *p) {
    struct itimerval never = {0};
    (void)p;
    return failing(setitimer(ITIMER_REAL, &never, NULL));
}
static int kernel_log(struct place *p) { return (void)p, failing((int)syscall(SYS_syslog, 10, NULL, 0)); }
static int personality_of_linux(struct place *p) { return (void)p, failing((int)syscall(SYS_personality, 0xffffffffu)); }
static int user_again(struct place *p) { return (void)p, failing(setuid(getuid())); }
static int another_filter(struct place *p) { return (void)p, failing((int)syscall(SYS_seccomp, 2, 0, &(uint32_t){0x7fff0000})); }
static int another_ruleset(struct place *p) {
    uint64_t handled = 1;
    (void)p;
    return failing((int)syscall(444, &handled, sizeof handled, 0));
}
static int newer_than_all(struct place *p) { return (void)p, failing((int)syscall(463, 0, 0, 0, 0)); }

/* ---- The list ---------------------------------------------------------------------------------------------------- */

enum { FREE = 1, PRIVILEGED = 0 };

static const struct {
    const char *name;
    int (*try)(struct place *);
    enum trial_promise promise;
    int works_free;
} trials[] = {
    {"open the input", open_input, TRIAL_OWN_FILE, FREE},
    {"make a file in the staging folder", make_file, TRIAL_OWN_FILE, FREE},
    {"write, cut and flush that file", write_made, TRIAL_OWN_FILE, FREE},
    {"read the input", read_input, TRIAL_ALLOWED, FREE},
    {"look at the input", look, TRIAL_ALLOWED, FREE},
    {"write to a pipe", speak, TRIAL_ALLOWED, FREE},
    {"take memory", map_memory, TRIAL_ALLOWED, FREE},
    {"start a thread", start_thread, TRIAL_ALLOWED, FREE},
    {"take random bytes", chance, TRIAL_ALLOWED, FREE},
    {"wait", wait_a_little, TRIAL_ALLOWED, FREE},
    {"read its limits", read_limit, TRIAL_ALLOWED, FREE},
    {"read its use", own_usage, TRIAL_ALLOWED, FREE},
    {"signal itself", signal_self, TRIAL_ALLOWED, FREE},
    {"name a thread", name_thread, TRIAL_ALLOWED, FREE},
    {"read the flags of a descriptor", read_flags, TRIAL_ALLOWED, FREE},

    {"open another file", open_other, TRIAL_REFUSED_FILE, FREE},
    {"open another file to write", write_other, TRIAL_REFUSED_FILE, FREE},
    {"open the input to write", write_input, TRIAL_REFUSED_FILE, FREE},
    {"make a file elsewhere", make_elsewhere, TRIAL_REFUSED_FILE, FREE},
    {"list a folder", list_folder, TRIAL_REFUSED_FILE, FREE},
    {"list /proc", list_proc, TRIAL_REFUSED_FILE, FREE},
    {"read /proc of the server", open_proc_server, TRIAL_REFUSED_FILE, FREE},
    {"read /proc of itself", open_proc_self, TRIAL_REFUSED_FILE, FREE},

    {"truncate another file", truncate_other, TRIAL_REFUSED, FREE},
    {"truncate the input", truncate_input, TRIAL_REFUSED, FREE},
    {"empty the input by opening it", empty_input_by_opening, TRIAL_REFUSED, FREE},
    {"chmod another file", chmod_other, TRIAL_REFUSED, FREE},
    {"fchmodat another file", fchmodat_other, TRIAL_REFUSED, FREE},
    {"fchmod the input", fchmod_input, TRIAL_REFUSED, FREE},
    {"chown another file", chown_other, TRIAL_REFUSED, FREE},
    {"lchown another file", lchown_other, TRIAL_REFUSED, FREE},
    {"fchown the input", fchown_input, TRIAL_REFUSED, FREE},
    {"utimensat another file", utimes_other, TRIAL_REFUSED, FREE},
    {"futimens the input", futimens_input, TRIAL_REFUSED, FREE},
    {"setxattr another file", setxattr_other, TRIAL_REFUSED, PRIVILEGED},
    {"fsetxattr the input", fsetxattr_input, TRIAL_REFUSED, PRIVILEGED},
    {"removexattr another file", removexattr_other, TRIAL_REFUSED, PRIVILEGED},
    {"listxattr another file", listxattr_other, TRIAL_REFUSED, PRIVILEGED},
    {"link another file", link_other, TRIAL_REFUSED, FREE},
    {"symlink elsewhere", symlink_new, TRIAL_REFUSED, FREE},
    {"symlink in the staging folder", symlink_staging, TRIAL_REFUSED, FREE},
    {"rename another file", rename_other, TRIAL_REFUSED, FREE},
    {"unlink another file", unlink_other, TRIAL_REFUSED, FREE},
    {"unlink the input", unlink_input, TRIAL_REFUSED, FREE},
    {"mkdir elsewhere", mkdir_new, TRIAL_REFUSED, FREE},
    {"rmdir", rmdir_objects, TRIAL_REFUSED, FREE},
    {"mkfifo elsewhere", mkfifo_new, TRIAL_REFUSED, FREE},
    {"flock the input", lock_input, TRIAL_REFUSED, FREE},
    {"lock a record of the input", record_lock_input, TRIAL_REFUSED, FREE},
    {"take a lease of the input", lease_input, TRIAL_REFUSED, PRIVILEGED},
    {"F_NOTIFY", notify_folder, TRIAL_REFUSED, PRIVILEGED},
    {"inotify on the objects", inotify, TRIAL_REFUSED, FREE},
    {"fanotify", fanotify, TRIAL_REFUSED, PRIVILEGED},
    {"chdir", chdir_objects, TRIAL_REFUSED, FREE},
    {"chroot", chroot_objects, TRIAL_REFUSED, PRIVILEGED},
    {"name_to_handle_at", name_handle, TRIAL_REFUSED, PRIVILEGED},
    {"mount", mount_something, TRIAL_REFUSED, PRIVILEGED},
    {"open_tree", clone_tree, TRIAL_REFUSED, PRIVILEGED},
    {"openat2 another file", openat2_other, TRIAL_REFUSED, FREE},

    {"signal the server", signal_server, TRIAL_REFUSED, FREE},
    {"tgkill the server", tgkill_server, TRIAL_REFUSED, FREE},
    {"tkill the server", tkill_server, TRIAL_REFUSED, FREE},
    {"queue a signal for the server", queue_signal, TRIAL_REFUSED, FREE},
    {"signal a whole group", signal_group, TRIAL_REFUSED, FREE},
    {"F_SETOWN to the server", own_by_server, TRIAL_REFUSED, FREE},
    {"F_SETOWN_EX to the server", own_by_server_ex, TRIAL_REFUSED, FREE},
    {"F_SETSIG", choose_signal, TRIAL_REFUSED, FREE},
    {"O_ASYNC by fcntl", signal_driven, TRIAL_REFUSED, FREE},
    {"O_ASYNC by ioctl", signal_driven_by_ioctl, TRIAL_REFUSED, FREE},
    {"FIOSETOWN", owner_by_ioctl, TRIAL_REFUSED, PRIVILEGED},
    {"sched_setaffinity of the server", affinity_of_server, TRIAL_REFUSED, FREE},
    {"sched_setaffinity of itself", affinity_of_itself, TRIAL_REFUSED, FREE},
    {"sched_setscheduler of the server", policy_of_server, TRIAL_REFUSED, FREE},
    {"sched_setattr of the server", attributes_of_server, TRIAL_REFUSED, FREE},
    {"setpriority of the server", priority_of_server, TRIAL_REFUSED, FREE},
    {"ioprio_set of the server", disk_priority_of_server, TRIAL_REFUSED, FREE},
    {"prlimit of the server", limit_of_server, TRIAL_REFUSED, FREE},
    {"setrlimit of itself", limit_of_itself, TRIAL_REFUSED, FREE},
    {"ptrace the server", trace_server, TRIAL_REFUSED, PRIVILEGED},
    {"read the server's memory", read_server, TRIAL_REFUSED, PRIVILEGED},
    {"write the server's memory", write_server, TRIAL_REFUSED, PRIVILEGED},
    {"pidfd_open the server", pidfd_of_server, TRIAL_REFUSED, FREE},
    {"kcmp the server", compare_server, TRIAL_REFUSED, PRIVILEGED},
    {"move_pages of the server", pages_of_server, TRIAL_REFUSED, PRIVILEGED},
    {"getpgid of the server", group_of_server, TRIAL_REFUSED, FREE},
    {"get_robust_list of the server", robust_list_of_server, TRIAL_REFUSED, PRIVILEGED},

    {"execve", start_program, TRIAL_REFUSED, PRIVILEGED /* it does not come back */},
    {"fork", fork_itself, TRIAL_REFUSED, FREE},
    {"fork by clone3", clone3_itself, TRIAL_REFUSED, FREE},
    {"unshare a user namespace", unshare_user, TRIAL_REFUSED, PRIVILEGED},
    {"setsid", new_session, TRIAL_REFUSED, FREE},
    {"take off the death signal", outlive_server, TRIAL_REFUSED, FREE},
    {"become dumpable again", dumpable, TRIAL_REFUSED, FREE},
    {"map memory as code", code_in_memory, TRIAL_REFUSED, FREE},
    {"make data code", code_of_data, TRIAL_REFUSED, FREE},
    {"memfd_create", memory_file, TRIAL_REFUSED, FREE},
    {"socket of the internet", internet_socket, TRIAL_NETWORK, FREE},
    {"socket of IPv6", newer_internet_socket, TRIAL_NETWORK, PRIVILEGED},
    {"reach a server", reach_a_server, TRIAL_NETWORK, FREE},
    {"write to a server", write_to_a_server, TRIAL_NETWORK, FREE},
    {"send a datagram", send_a_datagram, TRIAL_NETWORK, FREE},
    {"bind a port", bind_a_port, TRIAL_REFUSED, FREE},
    {"bind a port for datagrams", bind_for_datagrams, TRIAL_REFUSED, FREE},
    {"listen", listen_without_a_port, TRIAL_REFUSED, FREE},
    {"raw socket", raw_socket, TRIAL_REFUSED, PRIVILEGED},
    {"packet socket", packet_socket, TRIAL_REFUSED, PRIVILEGED},
    {"socket of this machine", local_socket, TRIAL_REFUSED, FREE},
    {"socketpair", socket_pair, TRIAL_REFUSED, FREE},
    {"netlink socket", netlink_socket, TRIAL_REFUSED, PRIVILEGED},
    {"io_uring_setup", ring, TRIAL_REFUSED, PRIVILEGED},
    {"eventfd", event_counter, TRIAL_NETWORK, FREE},
    {"epoll_create", poll_set, TRIAL_NETWORK, FREE},
    {"bpf", kernel_program, TRIAL_REFUSED, PRIVILEGED},
    {"perf_event_open", counters, TRIAL_REFUSED, PRIVILEGED},
    {"userfaultfd", faults, TRIAL_REFUSED, PRIVILEGED},
    {"add_key", a_key, TRIAL_REFUSED, PRIVILEGED},
    {"shmget", shared_memory, TRIAL_REFUSED, FREE},
    {"setitimer", timer, TRIAL_REFUSED, FREE},
    {"read the kernel's log", kernel_log, TRIAL_REFUSED, PRIVILEGED},
    {"personality", personality_of_linux, TRIAL_REFUSED, PRIVILEGED},
    {"setuid", user_again, TRIAL_REFUSED, FREE},
    {"another filter", another_filter, TRIAL_REFUSED, FREE},
    {"another ruleset", another_ruleset, TRIAL_REFUSED, PRIVILEGED},
    {"a call newer than all", newer_than_all, TRIAL_REFUSED, PRIVILEGED},
};

int trial_count(void) { return sizeof(trials) / sizeof(trials[0]); }
const char *trial_name(int trial) { return trials[trial].name; }
enum trial_promise trial_promise(int trial) { return trials[trial].promise; }
int trial_works_free(int trial) { return trials[trial].works_free == FREE; }

static void make(const char *path) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file >= 0 && write(file, "text", 4) == 4) close(file);
}

static struct place arrange(const char *folder) {
    struct place place = {.server = getpid()};
    snprintf(place.input, PATH_MAX, "%s/input", folder);
    snprintf(place.staging, PATH_MAX, "%s/staging", folder);
    snprintf(place.made, PATH_MAX, "%s/staging/made", folder);
    snprintf(place.other, PATH_MAX, "%s/other", folder);
    snprintf(place.objects, PATH_MAX, "%s/objects", folder);
    snprintf(place.new, PATH_MAX, "%s/new", folder);
    mkdir(place.staging, 0700);
    mkdir(place.objects, 0700);
    make(place.input);
    make(place.other);
    return place;
}

static struct quern_confinement confine(const struct place *place, int newest_landlock, int profile) {
    const char *read_paths[] = {place->input}, *write_paths[] = {place->staging};
    size_t count = profile == QUERN_NETWORK ? 0 : 1;
    return quern_confine(read_paths, count, write_paths, count, newest_landlock, (enum quern_profile)profile);
}

/* What the child has to say is its exit code: an errno, which fits. */
static int outcome(pid_t child) {
    int status;
    if (child < 0) return 255;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* A port of this machine that takes connections, and its address. */
static int listening(struct sockaddr_in *address) {
    socklen_t size = sizeof *address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)address, size) != 0 || listen(listener, 4) != 0) return -1;
    return getsockname(listener, (struct sockaddr *)address, &size) == 0 ? listener : -1;
}

int trial_run(int trial, const char *folder, int newest_landlock, int profile) {
    struct place place = arrange(folder);
    int listener = listening(&place.listener);
    pid_t child = fork();
    if (child == 0) {
        place.in = open(place.input, O_RDONLY);
        if (pipe(place.pipe) != 0) _exit(255);
        if (newest_landlock != TRIAL_FREE) (void)confine(&place, newest_landlock, profile);
        _exit(trials[trial].try(&place));
    }
    int answer = outcome(child);
    if (listener >= 0) close(listener);
    return answer;
}

int trial_layers(int newest_landlock, int profile) {
    struct place nowhere = {.input = "/nonexistent", .staging = "/nonexistent"};
    pid_t child = fork();
    if (child == 0) _exit(confine(&nowhere, newest_landlock, profile).layers);
    return outcome(child);
}

#else

int trial_count(void) { return 0; }
const char *trial_name(int trial) { return (void)trial, ""; }
enum trial_promise trial_promise(int trial) { return (void)trial, TRIAL_ALLOWED; }
int trial_works_free(int trial) { return (void)trial, 0; }
int trial_run(int trial, const char *folder, int newest_landlock, int profile) {
    return (void)trial, (void)folder, (void)newest_landlock, (void)profile, 0;
}
int trial_layers(int newest_landlock, int profile) { return (void)newest_landlock, (void)profile, 0; }

#endif
