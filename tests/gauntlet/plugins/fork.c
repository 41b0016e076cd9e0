/* Leaves a process behind. */
#include "bad.h"

BAD {
    if (fork() == 0)
        for (;;) pause();
    succeed_json(info->call, "\"forked\"");
}
