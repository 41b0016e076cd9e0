/*
 * A plugin in plain C that knows version 1.0 of the border and nothing newer: it is built with the header
 * beside it. matrix.cpp and matrix.rs do the same in their languages; matrix_test.cpp says what comes out.
 */
#include "abi.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PLUGIN_NAME
#define PLUGIN_NAME "c_v1"
#endif

static tappet_text text_of(const char* literal) {
    tappet_text out = {literal, strlen(literal)};
    return out;
}

static const tappet_value* member(const tappet_host* host, const tappet_call_info* info, const char* name) {
    return host->values->find(info->input, text_of(name));
}

static void put(const tappet_host* host, tappet_builder* to, const char* key) {
    host->builders->put_key(to, text_of(key));
}

/* What the input holds, read in every way that the table has. */
static void read_input(const tappet_host* host, const tappet_call_info* info) {
    const tappet_values* values = host->values;
    const tappet_builders* builders = host->builders;
    tappet_builder* result = builders->create(host);
    builders->begin_map(result);

    put(host, result, "kinds");
    builders->begin_list(result);
    for (size_t i = 0; values->key_at(info->input, i) != NULL; ++i)
        builders->put_int(result, (int64_t)values->kind(values->value_at(info->input, i)));
    builders->end(result);

    int64_t sum = 0;
    const tappet_value* list = member(host, info, "list");
    for (size_t i = 0; list != NULL && i < values->count(list); ++i)
        sum += values->as_int(values->item(list, i));
    put(host, result, "sum");
    builders->put_int(result, sum);

    const tappet_text text = values->as_text(member(host, info, "text"));
    char* upper = malloc(text.size + 1);
    for (size_t i = 0; i < text.size; ++i)
        upper[i] = (char)(text.data[i] >= 'a' && text.data[i] <= 'z' ? text.data[i] - 32 : text.data[i]);
    put(host, result, "upper");
    tappet_text as_upper = {upper, text.size};
    builders->put_string(result, as_upper);
    free(upper);

    const tappet_value* token = member(host, info, "token");
    put(host, result, "secrecy");
    builders->put_int(result, (int64_t)(values->secrecy(token) + 10 * values->secrecy(info->input)));
    put(host, result, "token");
    builders->put_value(result, token);
    put(host, result, "half");
    builders->put_double(result, values->as_double(member(host, info, "number")) / 2);
    put(host, result, "flag");
    builders->put_bool(result, !values->as_bool(member(host, info, "flag")));
    builders->end(result);
    host->succeed(host, info->call, result);
}

static void refuse(const tappet_host* host, const tappet_call_info* info) {
    const tappet_text token = host->values->as_text(member(host, info, "token"));
    char message[256];
    const int size = snprintf(message, sizeof message, "taken by %.*s", (int)token.size, token.data);
    tappet_error error;
    memset(&error, 0, sizeof error);
    error.size = sizeof error;
    error.error_class = TAPPET_CONFLICT;
    error.http_status = 409;
    error.retry_after_ms = 1500;
    error.code = text_of("x.taken");
    error.message.data = message;
    error.message.size = (size_t)size;
    host->fail(host, info->call, &error);
}

static void fail_as(const tappet_host* host, uint64_t call, uint32_t error_class, const char* message) {
    tappet_error error;
    memset(&error, 0, sizeof error);
    error.size = sizeof error;
    error.error_class = error_class;
    error.retry_after_ms = -1;
    error.message = text_of(message);
    host->fail(host, call, &error);
}

typedef struct later_call {
    const tappet_host* host;
    uint64_t call;
} later_call;

static void* complete_later(void* given) {
    later_call* later = given;
    const tappet_host* host = later->host;
    tappet_builder* result = host->builders->create(host);
    host->builders->put_json(result, text_of("{\"later\":true}"));
    host->succeed(host, later->call, result);
    free(later);
    return NULL;
}

static void complete_on_a_thread(const tappet_host* host, const tappet_call_info* info) {
    later_call* later = malloc(sizeof *later);
    later->host = host;
    later->call = info->call;
    pthread_t thread;
    if (pthread_create(&thread, NULL, complete_later, later) != 0) {
        free(later);
        fail_as(host, info->call, TAPPET_INTERNAL, "no thread");
        return;
    }
    pthread_detach(thread);
}

static void keep_count(void* count, int32_t found, tappet_text value) {
    char digits[21] = {0};
    if (found == 1) memcpy(digits, value.data, value.size < 20 ? value.size : 20);
    *(long*)count = strtol(digits, NULL, 10);
}
static void kept(void* answer, int32_t found, tappet_text value) {
    (void)value;
    *(int32_t*)answer = found;
}

/* Counts in the plugin's state; waits for it. */
static void count(const tappet_host* host, const tappet_call_info* info) {
    const tappet_state_v1* state = host->service(host, text_of("state/1"));
    long counted = 0;
    int32_t written = 0;
    state->get_now(host, info->call, text_of("count"), keep_count, &counted);
    char digits[32];
    snprintf(digits, sizeof digits, "%ld", counted + 1);
    const tappet_text value = text_of(digits);
    state->set_now(host, info->call, text_of("count"), &value, kept, &written);
    if (written != 1) {
        fail_as(host, info->call, TAPPET_UNAVAILABLE, "not written");
        return;
    }
    tappet_builder* result = host->builders->create(host);
    host->builders->put_int(result, counted + 1);
    host->succeed(host, info->call, result);
}

static void* create(const tappet_host* host) { return (void*)(uintptr_t)host; }
static void destroy(void* instance) { (void)instance; }

static void call(void* instance, const tappet_call_info* info) {
    const tappet_host* host = instance;
    if (info->kind != TAPPET_CALL_ACTION) {
        fail_as(host, info->call, TAPPET_INTERNAL, "a kind of call that this plugin does not know");
        return;
    }
    switch (info->index) {
        case 0:
            read_input(host, info);
            break;
        case 1:
            refuse(host, info);
            break;
        case 2:
            break; /* until it is cancelled */
        case 3:
            complete_on_a_thread(host, info);
            break;
        case 4:
            count(host, info);
            break;
        default:
            fail_as(host, info->call, TAPPET_INTERNAL, "no such action");
    }
}

static void cancel(void* instance, uint64_t call) { fail_as(instance, call, TAPPET_CANCELLED, "stopped"); }

#define ACTION(name, more) "{\"name\":\"" name "\"" more "}"
TAPPET_MANIFEST_SECTION static const char manifest[] =
    "{\"name\":\"" PLUGIN_NAME
    "\",\"version\":\"1.0.0\",\"needs\":[\"state/1\"],\"actions\":["
    ACTION("read", ",\"pure\":true,\"nonBlocking\":true") ","
    ACTION("refuse", ",\"nonBlocking\":true") ","
    ACTION("wait", ",\"nonBlocking\":true") ","
    ACTION("later", ",\"nonBlocking\":true") ","
    ACTION("count", "") "]}";

static const tappet_plugin plugin = {sizeof(tappet_plugin),
                                     TAPPET_ABI_MINOR,
                                     0,
                                     {manifest, sizeof manifest - 1},
                                     create,
                                     destroy,
                                     call,
                                     cancel};

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) { return &plugin; }
