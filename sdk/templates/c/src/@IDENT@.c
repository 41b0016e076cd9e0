#include <string.h>
#include <tappet/abi.h>

TAPPET_MANIFEST_SECTION static const char manifest[] =
    "{\"name\": \"@NAME@\", \"version\": \"0.1.0\","
    " \"actions\": [{\"name\": \"greet\", \"title\": \"Greet somebody\", \"pure\": true, \"nonBlocking\": "
    "true,"
    "  \"input\": {\"type\": \"object\", \"required\": [\"name\"], \"additionalProperties\": false,"
    "   \"properties\": {\"name\": {\"type\": \"string\", \"minLength\": 1, \"title\": \"Whom to greet\"}}},"
    "  \"output\": {\"type\": \"object\", \"required\": [\"text\"], \"additionalProperties\": false,"
    "   \"properties\": {\"text\": {\"type\": \"string\"}}}}],"
    " \"triggers\": [{\"name\": \"received\", \"kind\": \"webhook\", \"title\": \"Something was received\","
    "  \"handles\": true, \"settings\": {\"type\": \"object\", \"required\": [\"key\"],"
    "   \"properties\": {\"key\": {\"type\": \"string\", \"secret\": true}}}}],"
    " \"connections\": [{\"name\": \"account\", \"type\": \"apiKey\", \"title\": \"An account\","
    "  \"fields\": {\"type\": \"object\", \"properties\": {\"apiKey\": {\"type\": \"string\", \"secret\": "
    "true}}},"
    "  \"attach\": {\"header\": \"X-Api-Key\", \"value\": \"{apiKey}\"}}]}";

static const tappet_host* engine;

static tappet_text text(const char* of) {
    tappet_text out = {of, strlen(of)};
    return out;
}

/* An empty text where there is none. */
static tappet_text member(const tappet_value* map, const char* name) {
    const tappet_value* found = map ? engine->values->find(map, text(name)) : NULL;
    return found ? engine->values->as_text(found) : text("");
}

static void fail(const tappet_call_info* info, uint32_t error_class, const char* message) {
    tappet_error error = {sizeof error, error_class, 0, -1, {NULL, 0}, {NULL, 0}};
    error.message = text(message);
    engine->fail(engine, info->call, &error);
}

/* The action @NAME@/greet. */
static void greet(const tappet_call_info* info) {
    static const char before[] = "Hello, ";
    char greeting[256];
    const tappet_text name = member(info->input, "name");
    const size_t room = sizeof greeting - sizeof before;
    tappet_text whole = {greeting, sizeof before - 1 + name.size + 1};
    if (name.size > room) {
        fail(info, TAPPET_VALIDATION, "with.name is too long: at most 248 bytes");
        return;
    }
    memcpy(greeting, before, sizeof before - 1);
    if (name.size) memcpy(greeting + sizeof before - 1, name.data, name.size);
    greeting[whole.size - 1] = '!';
    tappet_builder* result = engine->builders->create(engine);
    engine->builders->begin_map(result);
    engine->builders->put_key(result, text("text"));
    engine->builders->put_string(result, whole);
    engine->builders->end(result);
    engine->succeed(engine, info->call, result);
}

/* In a time that does not tell how much of them is the same. */
static int same(tappet_text a, tappet_text b) {
    volatile unsigned char difference = 0;
    if (a.size != b.size) return 0;
    for (size_t i = 0; i < a.size; ++i) difference = (unsigned char)(difference | (a.data[i] ^ b.data[i]));
    return difference == 0;
}

/* The trigger @NAME@/received: a webhook that the plugin itself verifies and reads. */
static void received(const tappet_call_info* info) {
    const tappet_values* values = engine->values;
    const tappet_builders* put = engine->builders;
    const tappet_text key = member(values->find(info->input, text("settings")), "key");
    if (!same(member(values->find(info->input, text("headers")), "x-key"), key)) {
        fail(info, TAPPET_AUTH, "X-Key is wrong");
        return;
    }
    tappet_builder* result = put->create(engine);
    put->begin_map(result);
    put->put_key(result, text("events"));
    put->begin_list(result);
    put->begin_map(result);
    put->put_key(result, text("body"));
    if (!put->put_json(result, member(info->input, "body"))) {
        put->release(result);
        fail(info, TAPPET_VALIDATION, "the body is no JSON");
        return;
    }
    put->end(result);
    put->end(result);
    put->end(result);
    engine->succeed(engine, info->call, result);
}

static void call(void* instance, const tappet_call_info* info) {
    (void)instance;
    if (info->kind == TAPPET_CALL_ACTION && info->index == 0)
        greet(info);
    else if (info->kind == TAPPET_CALL_HOOK && info->index == 0)
        received(info);
    else
        fail(info, TAPPET_INTERNAL, "this plugin does not know calls of this kind");
}

static void* create(const tappet_host* host) {
    engine = host;
    return (void*)&engine;
}
static void destroy(void* instance) { (void)instance; }
static void cancel(void* instance, uint64_t number) {
    (void)instance;
    (void)number; /* every call is completed at once */
}

TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) {
    static const tappet_plugin plugin = {
        sizeof plugin, TAPPET_ABI_MINOR, 0, {manifest, sizeof manifest - 1}, create, destroy, call, cancel};
    return &plugin;
}
