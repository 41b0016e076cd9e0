/* Signals the engine, and all that there is: signal 0, for the sake of the machine. */
#include <errno.h>
#include <sys/syscall.h>

#include "bad.h"

static int is_refused(long result) { return result == -1 && errno == EPERM; }

static const char* outcome(void) {
    const union sigval none = {0};
    siginfo_t about;
    memset(&about, 0, sizeof about);
    about.si_code = SI_QUEUE;
    if (!is_refused(kill(-1, 0))) return "\"all\"";
    if (!is_refused(kill(getppid(), 0))) return "\"kill\"";
    if (!is_refused(killpg(getpgid(getppid()), 0))) return "\"killpg\"";
    if (!is_refused(sigqueue(getppid(), 0, none))) return "\"sigqueue\"";
    if (!is_refused(syscall(SYS_tgkill, getppid(), getppid(), 0))) return "\"tgkill\"";
    if (!is_refused(syscall(SYS_tkill, getppid(), 0))) return "\"tkill\"";
    if (!is_refused(syscall(SYS_rt_tgsigqueueinfo, getppid(), getppid(), 0, &about))) return "\"queue\"";
    if (!is_refused(syscall(SYS_pidfd_send_signal, 0, 0, NULL, 0))) return "\"pidfd\"";
    if (kill(getpid(), 0) != 0 || kill(0, 0) != 0 || pthread_kill(pthread_self(), 0) != 0)
        return "\"itself\"";
    return "\"refused\"";
}

BAD { succeed_json(info->call, outcome()); }
