/* Prints a hundred megabytes, without a line's end among them. */
#include "bad.h"

static void flood(void) {
    static char block[1u << 20];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 50; ++i) {
        if (write(1, block, sizeof block) < 0) break;
        if (write(2, block, sizeof block) < 0) break;
    }
}

BAD {
    flood();
    succeed_json(info->call, "\"flooded\"");
}
