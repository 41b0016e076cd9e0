/* Gives up on everything. */
#include "bad.h"

BAD { abort(); }
