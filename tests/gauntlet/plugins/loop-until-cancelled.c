/* Computes until it is asked to stop: slow, but obedient. */
#include "bad.h"

BAD {
    while (!host->cancelled(host, info->call)) continue;
    fail_call(info->call, TAPPET_CANCELLED, text_of("stopped"));
}
