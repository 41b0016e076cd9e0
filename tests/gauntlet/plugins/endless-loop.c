/* Computes for ever, whoever asks it to stop. */
#include "bad.h"

static volatile uint64_t turns;

BAD {
    for (;;) ++turns;
}
