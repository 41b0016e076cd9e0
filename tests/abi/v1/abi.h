/*
 * The border between the engine and its plugins: plain C11, no C++ type, no exception crosses it.
 *
 * A plugin is one shared library that exports one symbol, tappet_plugin_v1. What it can do stands in a JSON
 * manifest; what the engine gives it stands in tables of functions. Version 1 is frozen: what stands here
 * keeps its place and its meaning. docs/ABI.md says how it grows, and has the manifest's fields.
 *
 * Rules that hold everywhere:
 *  - Every struct but tappet_text and tappet_header begins with `size`, the bytes its writer knows of.
 * Structs grow at the end only. A reader uses a field only when `size` covers it, and asks for no more than
 * it needs.
 *  - Numbers that are not known (a kind, a class, a level, a bit) are met with the meaning that the comment
 *    gives, never with a guess.
 *  - Whoever allocates frees. A pointer that is passed lives for the call it is passed to, unless its comment
 * says more.
 *  - Texts are UTF-8, by pointer and length, and not terminated.
 *  - Values are opaque, read-only, and safe to read from any thread. Calls are numbers; 0 names none.
 *  - Every function has a thread tag:
 *      [loop thread]  the engine's event loop: must return at once
 *      [worker]       a thread of the engine that may block
 *      [any thread]   any, the plugin's own included
 */
#ifndef TAPPET_ABI_H
#define TAPPET_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define TAPPET_EXPORT __declspec(dllexport)
#else
#define TAPPET_EXPORT __attribute__((visibility("default")))
#endif

/* Grows with every addition; the major version is in the entry symbol's name. */
#define TAPPET_ABI_MINOR 0u

typedef struct tappet_host tappet_host;       /* the engine as one plugin sees it */
typedef struct tappet_value tappet_value;     /* a value of the engine, read-only */
typedef struct tappet_builder tappet_builder; /* a value in the making; owned by the plugin */

typedef struct tappet_text {
    const char* data; /* may be NULL when size is 0 */
    size_t size;      /* bytes */
} tappet_text;

/* Receives text or bytes, in one piece or several. */
typedef void (*tappet_sink)(void* context, const char* data, size_t size);

/* ---- values
 * ------------------------------------------------------------------------------------------------------ */

typedef enum tappet_kind {
    TAPPET_NULL = 0,
    TAPPET_BOOL = 1,
    TAPPET_INT = 2,
    TAPPET_UINT = 3,
    TAPPET_DOUBLE = 4,
    TAPPET_STRING = 5,
    TAPPET_BYTES = 6,
    TAPPET_LIST = 7,
    TAPPET_MAP = 8,
    TAPPET_TIMESTAMP = 9,
    TAPPET_DURATION = 10
} tappet_kind;

#define TAPPET_SECRET_HERE 1u   /* this very value derives from a secret */
#define TAPPET_SECRET_INSIDE 2u /* something in this list or map does */

#define TAPPET_JSON_REDACT 0u /* secret values print as four bullets */
#define TAPPET_JSON_REVEAL \
    1u /* secret values print as they are: for what is sent to the peer they are meant for */

/*
 * Reads values. [any thread] for all of it; nothing blocks, nothing fails.
 * An accessor that is asked for another kind than the value has answers 0, or an empty text.
 * What a value hands out lives as long as the value: a call's input lives until the call is completed.
 */
typedef struct tappet_values {
    size_t size;
    uint32_t (*kind)(const tappet_value* value);
    uint32_t (*secrecy)(const tappet_value* value); /* TAPPET_SECRET_… bits */
    int32_t (*as_bool)(const tappet_value* value);
    int64_t (*as_int)(const tappet_value* value);
    uint64_t (*as_uint)(const tappet_value* value);
    double (*as_double)(const tappet_value* value);
    tappet_text (*as_text)(const tappet_value* value);             /* of a string or bytes */
    int64_t (*as_time)(const tappet_value* value, int32_t* nanos); /* seconds; nanos may be NULL */
    size_t (*count)(const tappet_value* value);                    /* items or entries; bytes of a text */
    const tappet_value* (*item)(const tappet_value* value, size_t index); /* of a list; NULL beyond the end */
    const tappet_value* (*key_at)(const tappet_value* map, size_t index); /* in order; NULL beyond the end */
    const tappet_value* (*value_at)(const tappet_value* map,
                                    size_t index);                         /* in order; NULL beyond the end */
    const tappet_value* (*find)(const tappet_value* map, tappet_text key); /* NULL when there is none */
    int32_t (*json)(const tappet_value* value, uint32_t how, tappet_sink sink,
                    void* context); /* 0: NaN or infinity inside */
} tappet_values;

/*
 * Builds values: put one value, or open a list or map, put into it, and end it. In a map every value follows
 * its key. One thread at a time per builder. [any thread] for all of it. A mistake (a value without its key,
 * a text that is no UTF-8, nesting deeper than 128) is kept: finish() then answers NULL and problem() says
 * what went wrong; completing a call with such a builder fails the call as `internal`.
 */
typedef struct tappet_builders {
    size_t size;
    tappet_builder* (*create)(const tappet_host* host);
    void (*release)(tappet_builder* builder);
    void (*put_null)(tappet_builder* builder);
    void (*put_bool)(tappet_builder* builder, int32_t value);
    void (*put_int)(tappet_builder* builder, int64_t value);
    void (*put_uint)(tappet_builder* builder, uint64_t value);
    void (*put_double)(tappet_builder* builder, double value);
    void (*put_string)(tappet_builder* builder, tappet_text value);
    void (*put_bytes)(tappet_builder* builder, tappet_text value);
    void (*put_timestamp)(tappet_builder* builder, int64_t seconds, int32_t nanos);
    void (*put_duration)(tappet_builder* builder, int64_t seconds, int32_t nanos);
    void (*put_value)(tappet_builder* builder,
                      const tappet_value* value); /* shares it, marks included; no copy */
    int32_t (*put_json)(tappet_builder* builder,
                        tappet_text json); /* 0: malformed; then nothing was put and no mistake is kept */
    void (*begin_list)(tappet_builder* builder);
    void (*begin_map)(tappet_builder* builder);
    void (*put_key)(tappet_builder* builder, tappet_text key);
    void (*put_entries)(tappet_builder* builder,
                        const tappet_value* map); /* all entries of a map into the open map, shared */
    void (*end)(tappet_builder* builder);
    void (*mark_secret)(tappet_builder* builder); /* the value that was put or ended last */
    const tappet_value* (*finish)(
        tappet_builder* builder); /* the whole; lives as long as the builder. NULL: incomplete */
    tappet_text (*problem)(
        const tappet_builder* builder); /* empty when there is none; lives until the next put */
} tappet_builders;

/* ---- calls
 * ------------------------------------------------------------------------------------------------------- */

/*
 * Why a call failed, by what the engine does next. Which classes are tried again is the choice of the flow's
 * retry policy; those marked [again] usually are, and doing so makes sense for them.
 */
typedef enum tappet_class {
    TAPPET_VALIDATION = 0,     /* the input is wrong: fail the step */
    TAPPET_AUTH = 1,           /* the credential is not accepted: mark the connection, park the run */
    TAPPET_FORBIDDEN = 2,      /* known and not allowed: fail the step */
    TAPPET_NOT_FOUND = 3,      /* the thing is not there: fail the step */
    TAPPET_CONFLICT = 4,       /* the peer's state forbids it: fail the step */
    TAPPET_RATE_LIMITED = 5,   /* [again] wait as long as the peer says */
    TAPPET_TIMEOUT = 6,        /* [again] no answer in time */
    TAPPET_UNAVAILABLE = 7,    /* [again] the peer cannot be reached or is not serving */
    TAPPET_UPSTREAM = 8,       /* the peer is at fault */
    TAPPET_PLUGIN_CRASHED = 9, /* given by the engine alone */
    TAPPET_CANCELLED = 10,     /* somebody asked to stop, and the action did */
    TAPPET_STOPPED = 11,       /* given by the engine alone */
    TAPPET_INTERNAL = 12       /* the plugin is at fault */
} tappet_class;

typedef struct tappet_error {
    size_t size;
    uint32_t error_class;   /* tappet_class; an unknown number counts as internal */
    int32_t http_status;    /* 0 when there was none */
    int64_t retry_after_ms; /* the peer's wish, from now; -1 when it had none */
    tappet_text code;       /* finer than the class, for machines: "http.503"; may be empty */
    tappet_text message;    /* for people: what, where, what to do. Never a secret */
} tappet_error;

/*
 * What a call asks for. A plugin that meets a kind it does not know fails the call as `internal`. All kinds
 * live by the same rules: one completion, cancellation, deadlines, services.
 */
typedef enum tappet_call_kind {
    TAPPET_CALL_ACTION = 0, /* run an action: input is `with`, the result is the step's */
    TAPPET_CALL_HOOK = 1,   /* read a request of a trigger that `handles` its hook, or of the plugin's own
                               address: docs/ABI.md, "Hooks". Verify first: fail as `auth` what does not prove
                               who sent it (401), as `validation` what cannot be read (400) */
    TAPPET_CALL_POLL = 2, /* ask a source what is new since a cursor: docs/ABI.md, "Polls". The cursor that is
                             yielded is stored in one transaction with the runs that the events start */
    TAPPET_CALL_CHECK = 3 /* try a connection: any result when it works, else an error */
} tappet_call_kind;

#define TAPPET_APP 0xFFFFFFFFu /* as the index of a hook: the address /hooks/@{plugin} */

/* What a call is told. The struct and all it points to live until the call is completed. */
typedef struct tappet_call_info {
    size_t size;
    uint64_t call;             /* names the call towards the engine */
    uint32_t kind;             /* tappet_call_kind */
    uint32_t index;            /* its number in the manifest's `actions`, of a hook or poll in `triggers` (or
                                  TAPPET_APP), of            a check in `connections`; from 0 */
    uint32_t attempt;          /* from 1 */
    uint32_t reserved;         /* 0 */
    const tappet_value* input; /* checked against the schema, defaults filled in */
    int64_t deadline_ms;       /* Unix time in milliseconds when nobody waits any more; 0: none */
    uint8_t run[16];           /* the run's UUID; zeros where there is no run: hooks, polls, checks */
    tappet_text tenant;        /* empty at the plugin's own address, which belongs to all */
    tappet_text flow;          /* empty where no flow asks */
    tappet_text step;          /* the step's path, such as enableAll[3].token, or the trigger's id */
    tappet_text
        idempotency_key; /* the same for every attempt of this step of this run; empty without a run */
} tappet_call_info;

/* ---- what the engine gives
 * --------------------------------------------------------------------------------------- */

struct tappet_host {
    size_t size;
    uint32_t minor;    /* TAPPET_ABI_MINOR of the engine */
    uint32_t reserved; /* 0 */
    const tappet_values* values;
    const tappet_builders* builders;

    /*
     * Completes a call with a result. Takes the builder, whatever comes of it. Returns 1; 0 when the call is
     * completed already (ignored and logged). A call is completed exactly once, from inside `call` or later.
     * [any thread]
     */
    int32_t (*succeed)(const tappet_host* host, uint64_t call, tappet_builder* result);
    /* Completes a call with an error; as succeed. [any thread] */
    int32_t (*fail)(const tappet_host* host, uint64_t call, const tappet_error* error);
    /* 1 when the call should stop, or is completed. [any thread] */
    int32_t (*cancelled)(const tappet_host* host, uint64_t call);
    /*
     * A service by id and revision: "log/1", "clock/1", "http/1", "state/1", "metrics/1", "connection/1",
     * "blob/1". NULL when this engine has none such; what a plugin cannot do without it lists in the
     * manifest's `needs`, and is not loaded otherwise. The table lives as long as the plugin. [any thread]
     */
    const void* (*service)(const tappet_host* host, tappet_text id);
};

/* ---- services
 * ---------------------------------------------------------------------------------------------------- */

typedef enum tappet_level {
    TAPPET_TRACE = 0,
    TAPPET_DEBUG = 1,
    TAPPET_INFO = 2,
    TAPPET_WARN = 3,
    TAPPET_ERROR = 4
} tappet_level;

/* "log/1": lines that belong to the run and step of a call. */
typedef struct tappet_log_v1 {
    size_t size;
    /* call may be 0: a line of the plugin's own. Secrets of the call's input are redacted. [any thread] */
    void (*write)(const tappet_host* host, uint64_t call, uint32_t level, tappet_text message);
} tappet_log_v1;

/* in_time: 1 when the time came, 0 when the call was cancelled or completed before. */
typedef void (*tappet_clock_done)(void* context, int32_t in_time);

/* "clock/1": the engine's clock, which tests and simulations move. */
typedef struct tappet_clock_v1 {
    size_t size;
    int64_t (*now_ms)(const tappet_host* host);    /* Unix time in milliseconds. [any thread] */
    int64_t (*steady_ns)(const tappet_host* host); /* monotonic, for measuring. [any thread] */
    /*
     * Waits for a call without holding a thread. `done` comes exactly once, never from inside after; its
     * thread as in http/1. A wait of a run that should outlive a restart belongs into the flow. [any thread]
     */
    void (*after)(const tappet_host* host, uint64_t call, int64_t wait_ms, tappet_clock_done done,
                  void* context);
} tappet_clock_v1;

typedef struct tappet_header {
    tappet_text name;
    tappet_text value;
} tappet_header;

typedef struct tappet_http_request {
    size_t size;
    tappet_text method;
    tappet_text url; /* absolute, http or https */
    const tappet_header* headers;
    size_t header_count;
    tappet_text body;
    int64_t timeout_ms; /* for everything; the call's deadline shortens it */
    int32_t redirects;  /* how many to follow */
    uint64_t max_body;  /* bytes of the answer after decompression */
    uint32_t flags;     /* TAPPET_HTTP_… bits; a bit that is not known fails the request as BAD_REQUEST */
    uint32_t reserved;  /* 0 */
} tappet_http_request;

#define TAPPET_HTTP_AUTHORIZE                                                                                \
    1u /* the engine adds the credential of the call's connection, as the manifest says; the plugin need not \
          see it */

typedef enum tappet_http_failure {
    TAPPET_HTTP_OK = 0,
    TAPPET_HTTP_BAD_REQUEST = 1,
    TAPPET_HTTP_REFUSED_ADDRESS = 2, /* the engine's guard does not let plugins reach it */
    TAPPET_HTTP_RESOLVE = 3,
    TAPPET_HTTP_CONNECT = 4,
    TAPPET_HTTP_TLS = 5,
    TAPPET_HTTP_PROTOCOL = 6,
    TAPPET_HTTP_TOO_LARGE = 7,
    TAPPET_HTTP_TOO_MANY_REDIRECTS = 8,
    TAPPET_HTTP_TIMEOUT = 9,
    TAPPET_HTTP_CANCELLED = 10
} tappet_http_failure;

/* An answer, or why there is none. Lives for the callback it is given to. */
typedef struct tappet_http_answer {
    size_t size;
    uint32_t failure;         /* tappet_http_failure */
    int32_t may_have_arrived; /* of a failure: the peer may have acted all the same */
    tappet_text message;      /* of a failure */
    int32_t status;
    const tappet_header* headers; /* names in lower case, in order of arrival */
    size_t header_count;
    tappet_text body; /* decompressed */
    tappet_text url;  /* where it came from, after redirects */
} tappet_http_answer;

typedef void (*tappet_http_done)(void* context, const tappet_http_answer* answer);

/* "http/1": the engine's guarded client: pools, TLS, limits, redirects. Ends with its call's cancellation. */
typedef struct tappet_http_v1 {
    size_t size;
    /*
     * Starts a request for a call. `done` comes exactly once, never from inside send: on the loop thread for
     * actions that declare nonBlocking, on a worker for others. [any thread]
     */
    void (*send)(const tappet_host* host, uint64_t call, const tappet_http_request* request,
                 tappet_http_done done, void* context);
    /* Sends and waits; `done` comes on this thread before it returns. Refused on the loop thread. [worker] */
    void (*fetch)(const tappet_host* host, uint64_t call, const tappet_http_request* request,
                  tappet_http_done done, void* context);
} tappet_http_v1;

/* found: 1 and the value, 0 when the key is not set, -1 and in `value` why it failed (class unavailable). */
typedef void (*tappet_state_done)(void* context, int32_t found, tappet_text value);

/* "state/1": durable keys of this plugin in the call's tenant. Threads of `done` as in http/1. */
typedef struct tappet_state_v1 {
    size_t size;
    void (*get)(const tappet_host* host, uint64_t call, tappet_text key, tappet_state_done done,
                void* context); /* [any thread] */
    /* value NULL deletes. found is 1 when it was written. [any thread] */
    void (*set)(const tappet_host* host, uint64_t call, tappet_text key, const tappet_text* value,
                tappet_state_done done, void* context);
    /* As get and set, but done comes on this thread before they return. Refused on the loop thread. [worker]
     */
    void (*get_now)(const tappet_host* host, uint64_t call, tappet_text key, tappet_state_done done,
                    void* context);
    void (*set_now)(const tappet_host* host, uint64_t call, tappet_text key, const tappet_text* value,
                    tappet_state_done done, void* context);
} tappet_state_v1;

/*
 * "metrics/1": figures of the plugin, shown at /metrics as tappet_plugin_<name> with the label plugin. Names
 * match [a-z][a-z0-9_]{0,63}. Labels are a map of texts, or NULL. A new series beyond the engine's limit (200
 * of a plugin), a malformed name or a name used as another kind is left out: the answer is 0. [any thread]
 * for all; nothing blocks.
 */
typedef struct tappet_metrics_v1 {
    size_t size;
    int32_t (*add)(const tappet_host* host, tappet_text name, const tappet_value* labels,
                   double amount); /* to a counter; amount >= 0 */
    int32_t (*set)(const tappet_host* host, tappet_text name, const tappet_value* labels,
                   double value); /* a gauge */
    int32_t (*observe)(const tappet_host* host, tappet_text name, const tappet_value* labels,
                       double seconds); /* into a histogram of durations */
} tappet_metrics_v1;

/*
 * connection: the fields of the call's connection as a map, with `name` and `type`; secrets are marked. It
 * lives until the call is completed. NULL: why stands in error.
 */
typedef void (*tappet_connection_done)(void* context, const tappet_value* connection,
                                       const tappet_error* error);

#define TAPPET_CONNECTION_REFUSED \
    1u /* the peer refused the credential that was given before: renew it first */

/*
 * "connection/1": the account that a step or trigger acts for. The engine keeps it sealed, and renews it
 * before it expires. A call without a connection gets an error of class validation. Threads of `done` as in
 * http/1.
 */
typedef struct tappet_connection_v1 {
    size_t size;
    void (*get)(const tappet_host* host, uint64_t call, uint32_t how, tappet_connection_done done,
                void* context); /* [any thread] */
    /* Waits; done comes on this thread before it returns. Refused on the loop thread. [worker] */
    void (*get_now)(const tappet_host* host, uint64_t call, uint32_t how, tappet_connection_done done,
                    void* context);
} tappet_connection_v1;

/*
 * "blob/1": bytes too large for a value. A blob belongs to the run that wrote it, any of its steps may read
 * it by its id (a text that travels in results), and it is removed with the run. Calls without a run have
 * none. found is as in state/1: 1 and the answer, 0 for no such blob, -1 and why.
 */
typedef struct tappet_blob_v1 {
    size_t size;
    /* Appends to a blob that this call began, or begins one when id is empty. The answer is the id; what was
     * written before is durable once it comes. [any thread] */
    void (*write)(const tappet_host* host, uint64_t call, tappet_text id, tappet_text bytes,
                  tappet_state_done done, void* context);
    /* At most max bytes from offset; fewer only at the end. [any thread] */
    void (*read)(const tappet_host* host, uint64_t call, tappet_text id, uint64_t offset, uint64_t max,
                 tappet_state_done done, void* context);
    /* As write and read, but done comes on this thread before they return. Refused on the loop thread.
     * [worker] */
    void (*write_now)(const tappet_host* host, uint64_t call, tappet_text id, tappet_text bytes,
                      tappet_state_done done, void* context);
    void (*read_now)(const tappet_host* host, uint64_t call, tappet_text id, uint64_t offset, uint64_t max,
                     tappet_state_done done, void* context);
} tappet_blob_v1;

/* ---- what the plugin gives
 * --------------------------------------------------------------------------------------- */

/* Lives as long as the library is loaded. */
typedef struct tappet_plugin {
    size_t size;
    uint32_t minor;       /* TAPPET_ABI_MINOR the plugin was built with */
    uint32_t reserved;    /* 0 */
    tappet_text manifest; /* JSON; docs/ABI.md has its fields */
    /* Called once, before any call. NULL: the plugin cannot start. The host lives until after destroy. [loop
     * thread] */
    void* (*create)(const tappet_host* host);
    /* No call is under way, and no thread of the plugin may use the host once it returns. [loop thread] */
    void (*destroy)(void* instance);
    /* Does what the call asks for. [loop thread] for actions that declare nonBlocking, else [worker] */
    void (*call)(void* instance, const tappet_call_info* info);
    /* Asks a call to complete soon; it may be completed already. At most once per call. [loop thread] */
    void (*cancel)(void* instance, uint64_t call);
} tappet_plugin;

/* The one exported symbol. NULL: the plugin cannot run here. [any thread], once. */
TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void);
typedef const tappet_plugin* (*tappet_plugin_v1_entry)(void);
#define TAPPET_PLUGIN_ENTRY "tappet_plugin_v1"

/*
 * The manifest may stand in the file as well, in a section of this name, so that it can be read without
 * running code of the plugin: TAPPET_MANIFEST_SECTION static const char manifest[] = "{…}";
 */
#define TAPPET_MANIFEST_SECTION_NAME ".tappet.manifest"
#if defined(__GNUC__)
#define TAPPET_MANIFEST_SECTION __attribute__((section(TAPPET_MANIFEST_SECTION_NAME), used))
#else
#define TAPPET_MANIFEST_SECTION
#endif

#ifdef __cplusplus
}
#endif

#endif /* TAPPET_ABI_H */
