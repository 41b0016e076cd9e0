/* Divides by zero. */
#include "bad.h"

static volatile int zero;

BAD { succeed_json(info->call, 1 / zero ? "{}" : "[]"); }
