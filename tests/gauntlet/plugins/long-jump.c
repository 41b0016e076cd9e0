/* Jumps to where a function stood that has long returned. */
#include <setjmp.h>

#include "bad.h"

static jmp_buf place;

static int stand(void) { return setjmp(place); }

BAD {
    if (stand() == 0) longjmp(place, 1);
    *nowhere = 1;
}
