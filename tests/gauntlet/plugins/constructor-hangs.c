/* Never gets to be loaded. */
#include "bad.h"

__attribute__((constructor)) static void begin(void) {
    for (;;) pause();
}

BAD { succeed_json(info->call, "{}"); }
