/* Makes a process before anything of it is asked. */
#include <errno.h>

#include "bad.h"

__attribute__((constructor)) static void begin(void) {
    const pid_t made = fork();
    if (made == 0) _exit(0);
    if (made < 0 && errno == EPERM) fputs("to fork was refused", stderr);
    _exit(2);
}

BAD { succeed_json(info->call, "{}"); }
