/*
 * Built with a header of a later version 1: its structs have grown at their ends, and hold there what an
 * engine of today must not read. With { shorter: true } it gives structs that end before version 1.0 does.
 */
#include "kit.h"

#define GROWN(type)          \
    struct {                 \
        type known;          \
        uintptr_t later[16]; \
    }
#define POISON(thing) memset((thing).later, 0xA5, sizeof(thing).later)

static void answered(void* context, const tappet_http_answer* answer) {
    const uint64_t* call = context;
    tappet_builder* builder = host->builders->create(host);
    if (answer->failure == TAPPET_HTTP_OK)
        host->builders->put_int(builder, answer->status);
    else
        host->builders->put_string(builder, answer->message);
    host->succeed(host, *call, builder);
}

static void request(const tappet_call_info* info) {
    const tappet_http_v1* http = host->service(host, text_of("http/1"));
    GROWN(tappet_http_request) grown;
    memset(&grown, 0, sizeof grown);
    POISON(grown);
    grown.known.size = flag_in(info, "shorter") ? offsetof(tappet_http_request, flags) : sizeof grown;
    grown.known.method = text_of("GET");
    grown.known.url = text_of("http://peer.test/");
    grown.known.timeout_ms = 1000;
    grown.known.max_body = 1000;
    uint64_t call = info->call;
    http->fetch(host, info->call, &grown.known, answered, &call);
}

static void failing(const tappet_call_info* info) {
    GROWN(tappet_error) grown;
    memset(&grown, 0, sizeof grown);
    POISON(grown);
    grown.known.size = flag_in(info, "shorter") ? offsetof(tappet_error, message) : sizeof grown;
    grown.known.error_class = TAPPET_CONFLICT;
    grown.known.retry_after_ms = -1;
    grown.known.message = text_of("in conflict");
    host->fail(host, info->call, &grown.known);
}

static void call(void* instance, const tappet_call_info* info) {
    (void)instance;
    if (info->index == 0)
        request(info);
    else
        failing(info);
}

static const char manifest[] =
    "{\"name\":\"newer\",\"version\":\"1.0.0\",\"a-later-field\":{\"x\":[1]},"
    "\"actions\":[{\"name\":\"request\",\"a-later-field\":1},{\"name\":\"fail\"}]}";
static GROWN(tappet_plugin) plugin;

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) {
    POISON(plugin);
    plugin.known.size = sizeof plugin;
    plugin.known.minor = 99;
    plugin.known.manifest = text_of(manifest);
    plugin.known.create = kit_create;
    plugin.known.destroy = kit_destroy;
    plugin.known.call = call;
    plugin.known.cancel = kit_cancel;
    return &plugin.known;
}
