/* Writes where nothing is. */
#include "bad.h"

BAD {
    *nowhere = 1;
    succeed_json(info->call, "{}");
}
