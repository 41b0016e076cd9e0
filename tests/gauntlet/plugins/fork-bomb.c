/* Processes that make processes: bounded here, for the sake of the machine. */
#include "bad.h"

BAD {
    int made = 0, is_first = 1;
    for (int i = 0; i < 6; ++i) {
        const pid_t child = fork();
        made += child > 0;
        if (child == 0) is_first = 0;
    }
    while (!is_first) pause();
    succeed_json(info->call, made == 0 ? "\"refused\"" : "\"forked\"");
}
