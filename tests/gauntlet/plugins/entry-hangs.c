/* Does not say what it is. */
#include "bad.h"

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) {
    for (;;) pause();
    return NULL;
}
