/* Ends the process as if all was well. */
#include "bad.h"

BAD { exit(0); }
