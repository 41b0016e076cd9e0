/* Has no manifest. */
#include "bad.h"

static void bad_call(void* instance, const tappet_call_info* info) {
    (void)instance;
    succeed_json(info->call, "{}");
}
static const tappet_plugin plugin = {sizeof(tappet_plugin), 0,        0,         {NULL, 0}, kit_create,
                                     kit_destroy,           bad_call, kit_cancel};

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) { return &plugin; }
