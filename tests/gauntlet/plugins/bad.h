/* A plugin with one action, `do`, which misbehaves: each file of this folder in a way of its own. */
#ifndef TAPPET_TESTS_BAD_PLUGIN_H
#define TAPPET_TESTS_BAD_PLUGIN_H

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit.h"

#define BAD_MANIFEST(name) "{\"name\":\"" name "\",\"version\":\"1.0.0\",\"actions\":[{\"name\":\"do\"}]}"
/* PLUGIN_NAME is that of the file. */
#define BAD_PLUGIN(call_function) KIT_PLUGIN(BAD_MANIFEST(PLUGIN_NAME), call_function, kit_cancel)

/* The plugin: `BAD { … }` is what a call does, of which `info` tells. */
#define BAD                                                             \
    static void bad_call(void* instance, const tappet_call_info* info); \
    BAD_PLUGIN(bad_call)                                                \
    static void bad_call(__attribute__((unused)) void* instance,        \
                         __attribute__((unused)) const tappet_call_info* info)

/* An address that nothing is at, which no compiler sees. */
KIT int* volatile nowhere;

KIT void start_thread(void* (*run)(void*), void* with) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, with) == 0) pthread_detach(thread);
}

#endif
