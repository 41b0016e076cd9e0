/* Never gets to be started. */
#include "bad.h"

static void* create(const tappet_host* given) {
    (void)given;
    for (;;) pause();
    return NULL;
}
static void bad_call(void* instance, const tappet_call_info* info) {
    (void)instance;
    succeed_json(info->call, "{}");
}
static const char manifest[] = BAD_MANIFEST(PLUGIN_NAME);
static const tappet_plugin plugin = {
    sizeof(tappet_plugin), 0, 0, {manifest, sizeof manifest - 1}, create, kit_destroy, bad_call, kit_cancel};

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) { return &plugin; }
