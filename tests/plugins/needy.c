/* Cannot do without a service that no engine has. */
#include "kit.h"

static void call(void* instance, const tappet_call_info* info) {
    (void)instance;
    succeed_json(info->call, "{}");
}

KIT_PLUGIN(
    "{\"name\":\"needy\",\"version\":\"1.0.0\",\"needs\":[\"log/1\",\"telepathy/3\"],"
    "\"actions\":[{\"name\":\"any\"}]}",
    call, kit_cancel)
