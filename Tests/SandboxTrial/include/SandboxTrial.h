#ifndef QUERN_SANDBOX_TRIAL_H
#define QUERN_SANDBOX_TRIAL_H

/* Tries system calls one by one, each in a process of its own that has confined itself as a worker does. For tests. */

/* What a trial is expected to end with. */
enum trial_promise {
    TRIAL_ALLOWED = 0,      /* a worker needs it */
    TRIAL_REFUSED = 1,      /* refused, whatever the kernel knows of Landlock */
    TRIAL_REFUSED_FILE = 2, /* refused where Landlock is, of any version */
    TRIAL_NETWORK = 3,      /* allowed to a worker of QUERN_NETWORK, and refused to others */
    TRIAL_OWN_FILE = 4,     /* needed by a worker of QUERN_OFFLINE; others get no file where Landlock is */
};

enum { TRIAL_FREE = -1 /* as the version of Landlock: no confinement at all */ };

int trial_count(void);
const char *trial_name(int trial);
enum trial_promise trial_promise(int trial);
/* Whether an ordinary user without confinement may do it, so that a refusal proves something. */
int trial_works_free(int trial);

/*
 * Makes `folder`/input, `folder`/staging, `folder`/other and `folder`/objects, confines a child to input and staging, or to
 * the network, under at most this version of Landlock, and has it try. 0 when the call went through, else the errno, or the negated signal.
 */
int trial_run(int trial, const char *folder, int newest_landlock, int profile);

/* The layers that a child is held by: QUERN_LANDLOCK and so on. */
int trial_layers(int newest_landlock, int profile);

#endif
