/* Reaches each service of the engine as its input says, for tests of the services on both sides of a process.
 */
#include "kit.h"

static const void* service(const char* id) { return host->service(host, text_of(id)); }

/* { kind, name, labels, value } yields whether it was taken. */
static void metric(const tappet_call_info* info) {
    const tappet_metrics_v1* metrics = service("metrics/1");
    const tappet_text kind = text_in(info, "kind"), name = text_in(info, "name");
    const tappet_value* labels = member(info, "labels");
    const double value = host->values->as_double(member(info, "value"));
    int32_t taken = 0;
    if (same(kind, "counter")) taken = metrics->add(host, name, labels, value);
    if (same(kind, "gauge")) taken = metrics->set(host, name, labels, value);
    if (same(kind, "histogram")) taken = metrics->observe(host, name, labels, value);
    succeed_json(info->call, taken ? "true" : "false");
}

/* What a callback completes, and how. */
typedef struct asking {
    uint64_t call;
    int leak; /* repeats the secret in an error's text */
} asking;

static void got_connection(void* context, const tappet_value* connection, const tappet_error* error) {
    asking* asked = context;
    if (error) {
        host->fail(host, asked->call, error);
    } else if (asked->leak) {
        fail_call(asked->call, TAPPET_UPSTREAM,
                  host->values->as_text(host->values->find(connection, text_of("apiKey"))));
    } else {
        tappet_builder* builder = host->builders->create(host);
        host->builders->put_value(builder, connection);
        host->succeed(host, asked->call, builder);
    }
    free(asked);
}

/* { refused, later, leak } yields the connection as it is. */
static void connection(const tappet_call_info* info) {
    const tappet_connection_v1* connections = service("connection/1");
    asking* asked = malloc(sizeof *asked);
    asked->call = info->call;
    asked->leak = flag_in(info, "leak");
    const uint32_t how = flag_in(info, "refused") ? TAPPET_CONNECTION_REFUSED : 0;
    if (flag_in(info, "later"))
        connections->get(host, info->call, how, got_connection, asked);
    else
        connections->get_now(host, info->call, how, got_connection, asked);
}

static void call(void* instance, const tappet_call_info* info) {
    (void)instance;
    switch (info->index) {
        case 0:
            metric(info);
            break;
        case 1:
        case 2:
            connection(info);
            break;
        default:
            fail_call(info->call, TAPPET_INTERNAL, text_of("no such action"));
    }
}

KIT_PLUGIN(
    "{\"name\":\"services\",\"version\":\"1.0.0\",\"needs\":[\"metrics/1\",\"connection/1\"],"
    "\"actions\":[{\"name\":\"metric\"},{\"name\":\"connection\"},"
    "{\"name\":\"connection-at-once\",\"nonBlocking\":true}]}",
    call, kit_cancel)
