/* Its manifest is no JSON. */
#include "bad.h"

static void bad_call(void* instance, const tappet_call_info* info) {
    (void)instance;
    succeed_json(info->call, "{}");
}
KIT_PLUGIN("{\"name\":\"garbage-manifest\",\"version\": \xff\xfe ]]]", bad_call, kit_cancel)
