/* Yields 200 megabytes. */
#include "bad.h"

static void give(const tappet_call_info* info) {
    const tappet_text bytes = {calloc(1, 200u << 20), 200u << 20};
    tappet_builder* builder = host->builders->create(host);
    host->builders->put_bytes(builder, bytes);
    free((void*)(uintptr_t)bytes.data);
    host->succeed(host, info->call, builder);
}

BAD { give(info); }
