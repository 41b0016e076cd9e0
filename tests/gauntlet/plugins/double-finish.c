/* Completes its call twice, and then once more as failed. */
#include "bad.h"

BAD {
    succeed_json(info->call, "\"first\"");
    succeed_json(info->call, "\"second\"");
    fail_call(info->call, TAPPET_CONFLICT, text_of("third"));
}
