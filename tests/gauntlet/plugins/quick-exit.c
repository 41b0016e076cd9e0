/* Ends the process quickly. */
#include "bad.h"

BAD { quick_exit(5); }
