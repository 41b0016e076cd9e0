/* Runs what is no instruction. */
#include "bad.h"

BAD { __builtin_trap(); }
