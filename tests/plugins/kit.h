/* What the plugins in C that only tests load have in common. For one .c file each: all of it is static. */
#ifndef TAPPET_TESTS_PLUGIN_KIT_H
#define TAPPET_TESTS_PLUGIN_KIT_H

#include <stdlib.h>
#include <string.h>
#include <tappet/abi.h>

#define KIT __attribute__((unused)) static

KIT const tappet_host* host; /* of the last create */

KIT tappet_text text_of(const char* literal) {
    tappet_text out = {literal, strlen(literal)};
    return out;
}

KIT int same(tappet_text a, const char* b) { return a.size == strlen(b) && memcmp(a.data, b, a.size) == 0; }

/* A member of the input; NULL when there is none. */
KIT const tappet_value* member(const tappet_call_info* info, const char* name) {
    return host->values->find(info->input, text_of(name));
}
KIT tappet_text text_in(const tappet_call_info* info, const char* name) {
    const tappet_value* value = member(info, name);
    tappet_text none = {NULL, 0};
    return value ? host->values->as_text(value) : none;
}
KIT int64_t int_in(const tappet_call_info* info, const char* name, int64_t otherwise) {
    const tappet_value* value = member(info, name);
    return value ? host->values->as_int(value) : otherwise;
}
KIT int flag_in(const tappet_call_info* info, const char* name) {
    const tappet_value* value = member(info, name);
    return value && host->values->as_bool(value);
}

/* Completes a call with the JSON text, or fails it with a class and a message. */
KIT int32_t succeed_json(uint64_t call, const char* json) {
    tappet_builder* builder = host->builders->create(host);
    host->builders->put_json(builder, text_of(json));
    return host->succeed(host, call, builder);
}
KIT int32_t fail_call(uint64_t call, uint32_t error_class, tappet_text message) {
    tappet_error error;
    memset(&error, 0, sizeof error);
    error.size = sizeof error;
    error.error_class = error_class;
    error.retry_after_ms = -1;
    error.message = message;
    return host->fail(host, call, &error);
}

KIT void* kit_create(const tappet_host* given) {
    host = given;
    return &host;
}
KIT void kit_destroy(void* instance) { (void)instance; }
KIT void kit_cancel(void* instance, uint64_t call) {
    (void)instance;
    (void)call;
}

/* The whole plugin but for what its calls do. */
#define KIT_PLUGIN(manifest_text, call_function, cancel_function)                     \
    static const char kit_manifest[] = manifest_text;                                 \
    static const tappet_plugin kit_plugin = {sizeof(tappet_plugin),                   \
                                             TAPPET_ABI_MINOR,                        \
                                             0,                                       \
                                             {kit_manifest, sizeof kit_manifest - 1}, \
                                             kit_create,                              \
                                             kit_destroy,                             \
                                             call_function,                           \
                                             cancel_function};                        \
    TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) { return &kit_plugin; }

#endif
