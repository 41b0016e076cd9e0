/* Crashes before anything of it is asked. */
#include "bad.h"

__attribute__((constructor)) static void begin(void) { *nowhere = 1; }

BAD { succeed_json(info->call, "{}"); }
