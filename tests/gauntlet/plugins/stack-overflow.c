/* Calls itself without end. */
#include "bad.h"

static int deeper(int level) {
    volatile char room[4096];
    room[0] = (char)level;
    return deeper(level + 1) + room[0];
}

BAD { succeed_json(info->call, deeper(0) ? "{}" : "[]"); }
