/* Completes calls that are not its own: none of them may be taken. */
#include "bad.h"

static int taken(const tappet_call_info* info) {
    const uint64_t forged[] = {
        0, 1, UINT64_MAX, info->call + 1, info->call + (UINT64_C(1) << 20), info->call ^ (UINT64_C(1) << 40)};
    int count = 0;
    for (size_t i = 0; i < sizeof forged / sizeof *forged; ++i) {
        count += succeed_json(forged[i], "\"forged\"");
        count += fail_call(forged[i], TAPPET_CONFLICT, text_of("forged"));
        count += host->cancelled(host, forged[i]) ? 0 : 1;
    }
    return count;
}

BAD { succeed_json(info->call, taken(info) ? "\"taken\"" : "\"refused\""); }
