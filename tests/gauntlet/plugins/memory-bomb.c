/* Takes all the memory there is and does not ask whether it got it. */
#include "bad.h"

BAD {
    for (;;) {
        char* block = malloc(16u << 20);
        *block = 1;
    }
}
