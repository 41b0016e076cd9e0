/* Yields lists within lists, a hundred thousand deep. */
#include "bad.h"

BAD {
    tappet_builder* builder = host->builders->create(host);
    for (int i = 0; i < 100000; ++i) host->builders->begin_list(builder);
    for (int i = 0; i < 100000; ++i) host->builders->end(builder);
    host->succeed(host, info->call, builder);
}
