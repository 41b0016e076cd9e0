/* Makes a process, to leave it behind. */
#include <errno.h>

#include "bad.h"

BAD {
    const pid_t made = fork();
    const int refused = made < 0 && errno == EPERM;
    if (made == 0)
        for (;;) pause();
    succeed_json(info->call, refused ? "\"refused\"" : "\"forked\"");
}
