/* The forked process goes on as if it were the plugin: answers, and crashes. */
#include "bad.h"

BAD {
    if (fork() == 0) {
        succeed_json(info->call, "\"twin\"");
        abort();
    }
    succeed_json(info->call, "\"first\"");
}
