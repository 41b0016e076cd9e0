/* Completes its call only after it was asked to stop, and then as if nothing had been. */
#include "bad.h"

static void* run(void* call) {
    while (!host->cancelled(host, *(uint64_t*)call)) usleep(1000);
    usleep(50000);
    succeed_json(*(uint64_t*)call, "\"late\"");
    free(call);
    return NULL;
}

BAD {
    uint64_t* call = malloc(sizeof *call);
    *call = info->call;
    start_thread(run, call);
}
