/* Fails without saying why. */
#include "bad.h"

BAD { host->fail(host, info->call, NULL); }
