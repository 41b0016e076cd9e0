/* Processes that make processes: bounded here, for the sake of the machine. */
#include "bad.h"

static void breed(int generations) {
    for (int i = 0; i < generations; ++i) fork();
}

BAD {
    if (fork() == 0) {
        breed(5);
        for (;;) pause();
    }
    succeed_json(info->call, "\"forked\"");
}
