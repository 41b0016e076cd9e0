/* Leaves its group and its session, by itself and in processes made in less common ways. */
#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>

#include "bad.h"

/* The first way that is not refused; NULL when all are. */
static const char* way_out(void) {
    unsigned long long how[11] = {0, 0, 0, 0, SIGCHLD};
    long made = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (made == 0) _exit(0);
    if (made > 0 || errno != EPERM) return "\"clone\"";
    made = syscall(SYS_clone3, how, sizeof how);
    if (made == 0) _exit(0);
    if (made > 0 || errno != ENOSYS) return "\"clone3\"";
#ifdef SYS_vfork
    made = vfork();
    if (made == 0) _exit(0);
    if (made > 0 || errno != EPERM) return "\"vfork\"";
#endif
    if (setsid() >= 0 || errno != EPERM) return "\"setsid\"";
    if (setpgid(0, getppid()) == 0 || errno != EPERM) return "\"setpgid\"";
    return NULL;
}

BAD {
    const char* const out = way_out();
    succeed_json(info->call, out ? out : "\"refused\"");
}
