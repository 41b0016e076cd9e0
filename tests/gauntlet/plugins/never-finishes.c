/* Returns without completing its call, now or later. */
#include "bad.h"

BAD { (void)info; }
