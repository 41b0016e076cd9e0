/* Ends the process at once. */
#include "bad.h"

BAD { _exit(4); }
