/* Leaves threads behind that never end. */
#include "bad.h"

static void* run(void* nothing) {
    for (;;) pause();
    return nothing;
}

BAD {
    for (int i = 0; i < 50; ++i) start_thread(run, NULL);
    succeed_json(info->call, "\"leaked\"");
}
