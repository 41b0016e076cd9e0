/* Leaves a process behind that has left its group and its session: a daemon. */
#include "bad.h"

BAD {
    if (fork() == 0) {
        setsid();
        if (fork() != 0) _exit(0);
        for (;;) pause();
    }
    succeed_json(info->call, "\"forked\"");
}
