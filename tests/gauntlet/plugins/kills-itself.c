/* Kills its own process, as an operator or the kernel would: nobody's fault, as far as can be seen. */
#include "bad.h"

BAD { raise(SIGKILL); }
