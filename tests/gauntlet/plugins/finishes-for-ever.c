/* Goes on completing a call that is long over, after the plugin was destroyed, too. */
#include "bad.h"

static void* run(void* call) {
    for (;;) {
        succeed_json(*(uint64_t*)call, "\"again\"");
        usleep(20000);
    }
    return NULL;
}

BAD {
    uint64_t* call = malloc(sizeof *call);
    *call = info->call;
    succeed_json(info->call, "\"first\"");
    start_thread(run, call);
}
