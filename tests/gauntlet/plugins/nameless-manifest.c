/* Its manifest lacks what it must have. */
#include "bad.h"

static void bad_call(void* instance, const tappet_call_info* info) {
    (void)instance;
    succeed_json(info->call, "{}");
}
KIT_PLUGIN("{\"name\":\"../../etc\",\"actions\":{\"do\":1}}", bad_call, kit_cancel)
