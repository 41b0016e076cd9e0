/* Yields two million nulls, a byte each on the way and seventeen where they are read. */
#include "bad.h"

BAD {
    tappet_builder* builder = host->builders->create(host);
    host->builders->begin_list(builder);
    for (int i = 0; i < 2000000; ++i) host->builders->put_null(builder);
    host->builders->end(builder);
    host->succeed(host, info->call, builder);
}
