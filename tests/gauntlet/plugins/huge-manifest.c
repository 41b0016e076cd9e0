/* Its manifest has 64 megabytes. */
#include "bad.h"

static void bad_call(void* instance, const tappet_call_info* info) {
    (void)instance;
    succeed_json(info->call, "{}");
}
static tappet_plugin plugin = {sizeof(tappet_plugin), 0,        0,         {NULL, 0}, kit_create,
                               kit_destroy,           bad_call, kit_cancel};

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) {
    static const char head[] =
        "{\"name\":\"huge-manifest\",\"version\":\"1.0.0\",\"actions\":[{\"name\":\"do\"}],\"x\":\"";
    const size_t size = 64u << 20;
    char* text = malloc(size);
    memset(text, 'x', size);
    memcpy(text, head, sizeof head - 1);
    memcpy(text + size - 2, "\"}", 2);
    plugin.manifest.data = text;
    plugin.manifest.size = size;
    return &plugin;
}
