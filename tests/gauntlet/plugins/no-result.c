/* Succeeds with nothing in its hands. */
#include "bad.h"

BAD { host->succeed(host, info->call, NULL); }
