/* Fails with fifty megabytes of reasons, not all of them text. */
#include "bad.h"

static void give(const tappet_call_info* info) {
    char* why = malloc(50u << 20);
    memset(why, 'y', 50u << 20);
    memset(why + 100, 0xff, 100);
    const tappet_text text = {why, 50u << 20};
    fail_call(info->call, TAPPET_UPSTREAM, text);
    free(why);
}

BAD { give(info); }
