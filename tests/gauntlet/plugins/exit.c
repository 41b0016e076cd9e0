/* Ends the process in order. */
#include "bad.h"

BAD { exit(3); }
