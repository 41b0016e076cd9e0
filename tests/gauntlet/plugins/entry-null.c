/* Says that it cannot run here. */
#include "bad.h"

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) { return NULL; }
