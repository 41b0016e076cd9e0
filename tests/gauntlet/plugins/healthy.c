/* Does what it is asked, while the others do not: yields { n: input.n + 1 }. */
#include "bad.h"

static void answer(const tappet_call_info* info) {
    tappet_builder* builder = host->builders->create(host);
    host->builders->begin_map(builder);
    host->builders->put_key(builder, text_of("n"));
    host->builders->put_int(builder, int_in(info, "n", 0) + 1);
    host->builders->end(builder);
    host->succeed(host, info->call, builder);
}

BAD { answer(info); }
