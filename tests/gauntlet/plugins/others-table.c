/* Gives a table that is not its own: where a symbol is one for the whole process, that of another build. */
#include "bad.h"

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) { return (const tappet_plugin*)stdin; }
