/* Logs without end, as far as one call can. */
#include "bad.h"

static void flood(const tappet_call_info* info) {
    const tappet_log_v1* log = host->service(host, text_of("log/1"));
    static char line[4096];
    memset(line, 'x', sizeof line);
    const tappet_text text = {line, sizeof line};
    for (int i = 0; i < 20000; ++i) {
        log->write(host, info->call, TAPPET_ERROR, text);
        log->write(host, 0, TAPPET_ERROR, text);
    }
}

BAD {
    flood(info);
    succeed_json(info->call, "\"flooded\"");
}
