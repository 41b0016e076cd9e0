/* Hands out as a value what is none. */
#include "bad.h"

BAD {
    tappet_builder* builder = host->builders->create(host);
    host->builders->put_value(builder, (const tappet_value*)(uintptr_t)0x1230);
    host->succeed(host, info->call, builder);
}
