/* Crashes when it is asked what it is. */
#include "bad.h"

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) {
    *nowhere = 1;
    return NULL;
}
