/* Yields a map that it has not ended, with a value without its key. */
#include "bad.h"

BAD {
    tappet_builder* builder = host->builders->create(host);
    host->builders->begin_map(builder);
    host->builders->put_int(builder, 1);
    host->succeed(host, info->call, builder);
}
