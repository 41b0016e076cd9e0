/* Ends the process as if all was well, before anything of it is asked. */
#include "bad.h"

__attribute__((constructor)) static void begin(void) { _exit(0); }

BAD { succeed_json(info->call, "{}"); }
