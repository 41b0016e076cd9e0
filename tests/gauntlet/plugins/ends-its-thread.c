/* Ends the thread that it was called on. */
#include "bad.h"

BAD { pthread_exit(NULL); }
