/*
 * Where everything of the border stands in memory, as lines of text: built with the header of today and with
 * the frozen one, and compared with v1/layout.txt. An addition gets its lines here and in a text of its
 * version.
 */
#include <abi.h>
#include <stdio.h>

#define FIELD(type, field) \
    printf("%s.%s %zu %zu\n", #type, #field, offsetof(struct type, field), sizeof(((struct type*)0)->field))
#define WHOLE(type) printf("%s %zu\n", #type, sizeof(struct type))
#define NUMBER(name) printf("%s = %llu\n", #name, (unsigned long long)(name))

int main(void) {
    FIELD(tappet_text, data);
    FIELD(tappet_text, size);
    WHOLE(tappet_text);

    NUMBER(TAPPET_NULL);
    NUMBER(TAPPET_BOOL);
    NUMBER(TAPPET_INT);
    NUMBER(TAPPET_UINT);
    NUMBER(TAPPET_DOUBLE);
    NUMBER(TAPPET_STRING);
    NUMBER(TAPPET_BYTES);
    NUMBER(TAPPET_LIST);
    NUMBER(TAPPET_MAP);
    NUMBER(TAPPET_TIMESTAMP);
    NUMBER(TAPPET_DURATION);

    FIELD(tappet_values, size);
    FIELD(tappet_values, kind);
    FIELD(tappet_values, secrecy);
    FIELD(tappet_values, as_bool);
    FIELD(tappet_values, as_int);
    FIELD(tappet_values, as_uint);
    FIELD(tappet_values, as_double);
    FIELD(tappet_values, as_text);
    FIELD(tappet_values, as_time);
    FIELD(tappet_values, count);
    FIELD(tappet_values, item);
    FIELD(tappet_values, key_at);
    FIELD(tappet_values, value_at);
    FIELD(tappet_values, find);
    FIELD(tappet_values, json);
    WHOLE(tappet_values);

    FIELD(tappet_builders, size);
    FIELD(tappet_builders, create);
    FIELD(tappet_builders, release);
    FIELD(tappet_builders, put_null);
    FIELD(tappet_builders, put_bool);
    FIELD(tappet_builders, put_int);
    FIELD(tappet_builders, put_uint);
    FIELD(tappet_builders, put_double);
    FIELD(tappet_builders, put_string);
    FIELD(tappet_builders, put_bytes);
    FIELD(tappet_builders, put_timestamp);
    FIELD(tappet_builders, put_duration);
    FIELD(tappet_builders, put_value);
    FIELD(tappet_builders, put_json);
    FIELD(tappet_builders, begin_list);
    FIELD(tappet_builders, begin_map);
    FIELD(tappet_builders, put_key);
    FIELD(tappet_builders, put_entries);
    FIELD(tappet_builders, end);
    FIELD(tappet_builders, mark_secret);
    FIELD(tappet_builders, finish);
    FIELD(tappet_builders, problem);
    WHOLE(tappet_builders);

    NUMBER(TAPPET_VALIDATION);
    NUMBER(TAPPET_AUTH);
    NUMBER(TAPPET_FORBIDDEN);
    NUMBER(TAPPET_NOT_FOUND);
    NUMBER(TAPPET_CONFLICT);
    NUMBER(TAPPET_RATE_LIMITED);
    NUMBER(TAPPET_TIMEOUT);
    NUMBER(TAPPET_UNAVAILABLE);
    NUMBER(TAPPET_UPSTREAM);
    NUMBER(TAPPET_PLUGIN_CRASHED);
    NUMBER(TAPPET_CANCELLED);
    NUMBER(TAPPET_STOPPED);
    NUMBER(TAPPET_INTERNAL);

    FIELD(tappet_error, size);
    FIELD(tappet_error, error_class);
    FIELD(tappet_error, http_status);
    FIELD(tappet_error, retry_after_ms);
    FIELD(tappet_error, code);
    FIELD(tappet_error, message);
    WHOLE(tappet_error);

    NUMBER(TAPPET_CALL_ACTION);
    NUMBER(TAPPET_CALL_HOOK);
    NUMBER(TAPPET_CALL_POLL);
    NUMBER(TAPPET_CALL_CHECK);

    FIELD(tappet_call_info, size);
    FIELD(tappet_call_info, call);
    FIELD(tappet_call_info, kind);
    FIELD(tappet_call_info, index);
    FIELD(tappet_call_info, attempt);
    FIELD(tappet_call_info, reserved);
    FIELD(tappet_call_info, input);
    FIELD(tappet_call_info, deadline_ms);
    FIELD(tappet_call_info, run);
    FIELD(tappet_call_info, tenant);
    FIELD(tappet_call_info, flow);
    FIELD(tappet_call_info, step);
    FIELD(tappet_call_info, idempotency_key);
    WHOLE(tappet_call_info);

    FIELD(tappet_host, size);
    FIELD(tappet_host, minor);
    FIELD(tappet_host, reserved);
    FIELD(tappet_host, values);
    FIELD(tappet_host, builders);
    FIELD(tappet_host, succeed);
    FIELD(tappet_host, fail);
    FIELD(tappet_host, cancelled);
    FIELD(tappet_host, service);
    WHOLE(tappet_host);

    NUMBER(TAPPET_TRACE);
    NUMBER(TAPPET_DEBUG);
    NUMBER(TAPPET_INFO);
    NUMBER(TAPPET_WARN);
    NUMBER(TAPPET_ERROR);

    FIELD(tappet_log_v1, size);
    FIELD(tappet_log_v1, write);
    WHOLE(tappet_log_v1);

    FIELD(tappet_clock_v1, size);
    FIELD(tappet_clock_v1, now_ms);
    FIELD(tappet_clock_v1, steady_ns);
    FIELD(tappet_clock_v1, after);
    WHOLE(tappet_clock_v1);

    FIELD(tappet_header, name);
    FIELD(tappet_header, value);
    WHOLE(tappet_header);

    FIELD(tappet_http_request, size);
    FIELD(tappet_http_request, method);
    FIELD(tappet_http_request, url);
    FIELD(tappet_http_request, headers);
    FIELD(tappet_http_request, header_count);
    FIELD(tappet_http_request, body);
    FIELD(tappet_http_request, timeout_ms);
    FIELD(tappet_http_request, redirects);
    FIELD(tappet_http_request, max_body);
    FIELD(tappet_http_request, flags);
    FIELD(tappet_http_request, reserved);
    WHOLE(tappet_http_request);

    NUMBER(TAPPET_HTTP_OK);
    NUMBER(TAPPET_HTTP_BAD_REQUEST);
    NUMBER(TAPPET_HTTP_REFUSED_ADDRESS);
    NUMBER(TAPPET_HTTP_RESOLVE);
    NUMBER(TAPPET_HTTP_CONNECT);
    NUMBER(TAPPET_HTTP_TLS);
    NUMBER(TAPPET_HTTP_PROTOCOL);
    NUMBER(TAPPET_HTTP_TOO_LARGE);
    NUMBER(TAPPET_HTTP_TOO_MANY_REDIRECTS);
    NUMBER(TAPPET_HTTP_TIMEOUT);
    NUMBER(TAPPET_HTTP_CANCELLED);

    FIELD(tappet_http_answer, size);
    FIELD(tappet_http_answer, failure);
    FIELD(tappet_http_answer, may_have_arrived);
    FIELD(tappet_http_answer, message);
    FIELD(tappet_http_answer, status);
    FIELD(tappet_http_answer, headers);
    FIELD(tappet_http_answer, header_count);
    FIELD(tappet_http_answer, body);
    FIELD(tappet_http_answer, url);
    WHOLE(tappet_http_answer);

    FIELD(tappet_http_v1, size);
    FIELD(tappet_http_v1, send);
    FIELD(tappet_http_v1, fetch);
    WHOLE(tappet_http_v1);

    FIELD(tappet_state_v1, size);
    FIELD(tappet_state_v1, get);
    FIELD(tappet_state_v1, set);
    FIELD(tappet_state_v1, get_now);
    FIELD(tappet_state_v1, set_now);
    WHOLE(tappet_state_v1);

    FIELD(tappet_metrics_v1, size);
    FIELD(tappet_metrics_v1, add);
    FIELD(tappet_metrics_v1, set);
    FIELD(tappet_metrics_v1, observe);
    WHOLE(tappet_metrics_v1);

    FIELD(tappet_connection_v1, size);
    FIELD(tappet_connection_v1, get);
    FIELD(tappet_connection_v1, get_now);
    WHOLE(tappet_connection_v1);

    FIELD(tappet_blob_v1, size);
    FIELD(tappet_blob_v1, write);
    FIELD(tappet_blob_v1, read);
    FIELD(tappet_blob_v1, write_now);
    FIELD(tappet_blob_v1, read_now);
    WHOLE(tappet_blob_v1);

    FIELD(tappet_plugin, size);
    FIELD(tappet_plugin, minor);
    FIELD(tappet_plugin, reserved);
    FIELD(tappet_plugin, manifest);
    FIELD(tappet_plugin, create);
    FIELD(tappet_plugin, destroy);
    FIELD(tappet_plugin, call);
    FIELD(tappet_plugin, cancel);
    WHOLE(tappet_plugin);

    NUMBER(TAPPET_SECRET_HERE);
    NUMBER(TAPPET_SECRET_INSIDE);
    NUMBER(TAPPET_JSON_REDACT);
    NUMBER(TAPPET_JSON_REVEAL);
    NUMBER(TAPPET_APP);
    NUMBER(TAPPET_HTTP_AUTHORIZE);
    NUMBER(TAPPET_CONNECTION_REFUSED);
    return 0;
}
