/* A thread of its own crashes when the call is over and nobody calls. */
#include "bad.h"

static void* run(void* call) {
    while (!host->cancelled(host, *(uint64_t*)call)) usleep(1000); /* so it is, too, once it is completed */
    usleep(100000);
    *nowhere = 1;
    return NULL;
}

BAD {
    uint64_t* call = malloc(sizeof *call);
    *call = info->call;
    start_thread(run, call);
    succeed_json(info->call, "\"done\"");
}
