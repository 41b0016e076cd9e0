/* Yields JSON a million lists deep. */
#include "bad.h"

static void give(const tappet_call_info* info) {
    const size_t size = 1000000;
    char* text = malloc(2 * size);
    memset(text, '[', size);
    memset(text + size, ']', size);
    const tappet_text json = {text, 2 * size};
    tappet_builder* builder = host->builders->create(host);
    const int taken = host->builders->put_json(builder, json);
    if (!taken) host->builders->put_string(builder, text_of("refused"));
    host->succeed(host, info->call, builder);
    free(text);
}

BAD { give(info); }
