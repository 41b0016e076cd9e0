/* Cannot be called. */
#include "bad.h"

static const char manifest[] = BAD_MANIFEST(PLUGIN_NAME);
static const tappet_plugin plugin = {
    sizeof(tappet_plugin), 0, 0, {manifest, sizeof manifest - 1}, kit_create, kit_destroy, NULL, NULL};

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) { return &plugin; }
