/* Waits for nothing. */
#include "bad.h"

BAD {
    for (;;) pause();
}
