/* Gives the engine a text that is not there. */
#include "bad.h"

BAD {
    tappet_text text = {(const char*)(uintptr_t)16, 64};
    fail_call(info->call, TAPPET_CONFLICT, text);
}
