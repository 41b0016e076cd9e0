/* Yields a string that is none. */
#include "bad.h"

BAD {
    tappet_builder* builder = host->builders->create(host);
    host->builders->put_string(builder, text_of("\xc3\x28\xff"));
    host->succeed(host, info->call, builder);
}
