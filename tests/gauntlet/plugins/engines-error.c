/* Fails in the class that is the engine's to give. */
#include "bad.h"

BAD { fail_call(info->call, TAPPET_PLUGIN_CRASHED, text_of("I did not")); }
