/* Its manifest is a million lists deep. */
#include "bad.h"

static void bad_call(void* instance, const tappet_call_info* info) {
    (void)instance;
    succeed_json(info->call, "{}");
}
static tappet_plugin plugin = {sizeof(tappet_plugin), 0,        0,         {NULL, 0}, kit_create,
                               kit_destroy,           bad_call, kit_cancel};
static char manifest[1000000];

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) {
    memset(manifest, '[', sizeof manifest);
    plugin.manifest.data = manifest;
    plugin.manifest.size = sizeof manifest;
    return &plugin;
}
