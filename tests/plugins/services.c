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

/* A few writes and readings of one blob after each other; what each answered is a line of the result. */
typedef struct blob_work {
    uint64_t call;
    const tappet_blob_v1* blobs;
    char id[64];
    size_t id_size;
    char said[4096];
    size_t said_size;
} blob_work;

static void say(blob_work* work, int32_t found, tappet_text text) {
    const char mark = found == 1 ? '+' : found == 0 ? '0' : '-';
    if (work->said_size + text.size + 2 > sizeof work->said) return;
    work->said[work->said_size++] = mark;
    if (text.size) memcpy(work->said + work->said_size, text.data, text.size);
    work->said_size += text.size;
    work->said[work->said_size++] = '\n';
}

static void finish_blob(blob_work* work) {
    tappet_builder* builder = host->builders->create(host);
    const tappet_text said = {work->said, work->said_size};
    host->builders->put_string(builder, said);
    host->succeed(host, work->call, builder);
    free(work);
}

static void kept_id(void* context, int32_t found, tappet_text text) {
    blob_work* work = context;
    const tappet_text none = {NULL, 0};
    say(work, found, found == 1 ? none : text);
    if (found != 1 || text.size > sizeof work->id) return;
    memcpy(work->id, text.data, text.size);
    work->id_size = text.size;
}

static void said_it(void* context, int32_t found, tappet_text text) { say(context, found, text); }

static void last_said(void* context, int32_t found, tappet_text text) {
    say(context, found, text);
    finish_blob(context);
}

static void begun(void* context, int32_t found, tappet_text text) {
    blob_work* work = context;
    kept_id(work, found, text);
    const tappet_text id = {work->id, work->id_size};
    if (found != 1) {
        finish_blob(work);
        return;
    }
    /* None of these waits for the one before: the engine keeps their order. */
    work->blobs->write(host, work->call, id, text_of("two "), kept_id, work);
    work->blobs->write(host, work->call, id, text_of("three"), kept_id, work);
    work->blobs->read(host, work->call, id, 0, 100, last_said, work);
}

/*
 * { later } writes a blob and reads it; with { id } it reads that one, with { append } it appends to it; with
 * { give } it yields the id of a blob of one part.
 */
static void blob(const tappet_call_info* info) {
    blob_work* work = calloc(1, sizeof *work);
    work->call = info->call;
    work->blobs = service("blob/1");
    const tappet_text none = {NULL, 0}, id = text_in(info, "id");
    if (flag_in(info, "later")) {
        work->blobs->write(host, info->call, none, text_of("one "), begun, work);
        return;
    }
    if (id.size) {
        if (flag_in(info, "append"))
            work->blobs->write_now(host, info->call, id, text_of("more"), said_it, work);
        else
            work->blobs->read_now(host, info->call, id, (uint64_t)int_in(info, "offset", 0),
                                  (uint64_t)int_in(info, "max", 100), said_it, work);
        finish_blob(work);
        return;
    }
    work->blobs->write_now(host, info->call, none, text_of("one "), kept_id, work);
    const tappet_text mine = {work->id, work->id_size};
    if (flag_in(info, "give")) {
        tappet_builder* builder = host->builders->create(host);
        host->builders->put_string(builder, mine);
        host->succeed(host, info->call, builder);
        free(work);
        return;
    }
    work->blobs->write_now(host, info->call, mine, text_of("two"), kept_id, work);
    work->blobs->read_now(host, info->call, mine, 2, 100, said_it, work);
    finish_blob(work);
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
        case 3:
        case 4:
            blob(info);
            break;
        default:
            fail_call(info->call, TAPPET_INTERNAL, text_of("no such action"));
    }
}

KIT_PLUGIN(
    "{\"name\":\"services\",\"version\":\"1.0.0\",\"needs\":[\"metrics/1\",\"connection/1\",\"blob/1\"],"
    "\"actions\":[{\"name\":\"metric\"},{\"name\":\"connection\"},"
    "{\"name\":\"connection-at-once\",\"nonBlocking\":true},"
    "{\"name\":\"blob\"},{\"name\":\"blob-at-once\",\"nonBlocking\":true}]}",
    call, kit_cancel)
