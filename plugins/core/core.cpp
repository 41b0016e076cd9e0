#include <tappet/plugin.hpp>

#include "actions.hpp"

namespace {

using tappet::sdk::ActionDefinition;
using tappet::sdk::ErrorClass;
using tappet::sdk::Json;
using tappet::sdk::Plugin;

constexpr const char* kHttpInput = R"({
  "type": "object", "required": ["url"], "additionalProperties": false,
  "properties": {
    "method": {"type": "string", "default": "GET", "description": "GET, POST, PUT, PATCH, DELETE, …"},
    "url": {"type": "string", "minLength": 1, "description": "Absolute, http or https"},
    "headers": {"type": "object", "description": "A list sends the header several times",
      "additionalProperties": {"type": ["string", "number", "boolean", "array"]}},
    "query": {"type": "object", "description": "Appended to the URL; null leaves a parameter out, a list repeats it",
      "additionalProperties": {"type": ["string", "number", "boolean", "array", "null"]}},
    "body": {"description": "Sent as JSON"},
    "form": {"type": "object", "description": "Sent as application/x-www-form-urlencoded",
      "additionalProperties": {"type": ["string", "number", "boolean", "array", "null"]}},
    "text": {"type": "string", "description": "Sent as text/plain"},
    "bytes": {"description": "Bytes, or their base64, sent as application/octet-stream"},
    "timeout": {"type": ["string", "integer"], "default": "30s", "description": "A duration such as 5s, or milliseconds"},
    "redirects": {"type": "integer", "minimum": 0, "maximum": 50, "default": 5},
    "maxBody": {"type": "integer", "minimum": 0, "maximum": 33554432, "default": 10485760, "description": "Bytes of the answer after decompression"},
    "failOnStatus": {"type": "boolean", "default": true, "description": "Whether a status from 400 on fails the step"}
  }
})";
constexpr const char* kHttpOutput = R"({
  "type": "object", "required": ["status", "headers", "body"],
  "properties": {
    "status": {"type": "integer"},
    "headers": {"type": "object", "description": "Names in lower case"},
    "body": {"description": "JSON as a value, text as a string, all else as bytes"}
  }
})";
constexpr const char* kMapInput = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "value": {"description": "Yielded as it is"},
    "source": {"description": "Where the fields are read from"},
    "fields": {"type": "array", "items": {
      "type": "object", "required": ["from", "to"], "additionalProperties": false,
      "properties": {
        "from": {"type": "string", "minLength": 1, "description": "A path such as a.b[0].c"},
        "to": {"type": "string", "minLength": 1, "description": "A path of keys such as a.b"},
        "onMissing": {"enum": ["error", "skip", "null", "default", null]},
        "default": {}
      }
    }}
  }
})";

/// What docs/CORE.md says of the classes.
void declare_http_errors(ActionDefinition& http) {
    http.error(ErrorClass::auth, "http.401", "The answer is a 401.")
        .error(ErrorClass::forbidden, "http.403", "The answer is a 403.")
        .error(ErrorClass::forbidden, "http.refusedAddress", "The address may not be reached.")
        .error(ErrorClass::not_found, "", "The answer is a 404 or 410.")
        .error(ErrorClass::conflict, "", "The answer is a 409 or 412.")
        .error(ErrorClass::timeout, "", "The answer is a 408 or 504, or there is none in time.")
        .error(ErrorClass::rate_limited, "http.429", "The answer is a 429.")
        .error(ErrorClass::unavailable, "",
               "The answer is a 502 or 503, or the service cannot be reached, or the answer breaks off.")
        .error(ErrorClass::upstream, "",
               "The answer is another status from 500 on, is larger than maxBody, or redirects too often.")
        .error(ErrorClass::validation, "",
               "The answer is another status from 400 on, or the input cannot be sent.");
}

constexpr const char* kScheduleSettings = R"({
  "type": "object", "additionalProperties": false,
  "properties": {
    "cron": { "type": "string", "description": "when: 5 fields, or 6 with seconds first, or @daily and the like" },
    "every": { "type": "string", "description": "how often, instead of cron: 30s, 5m, 1d" },
    "timezone": { "type": "string", "default": "UTC", "description": "the zone of cron, such as Europe/Berlin" },
    "gap": { "enum": ["skip", "runAfter"], "default": "runAfter",
             "description": "what becomes of times that the clocks leave out" },
    "overlap": { "enum": ["once", "both"], "default": "once",
                 "description": "what becomes of times that the clocks give twice" },
    "missed": { "enum": ["skip", "last", "all"], "default": "last",
                "description": "what fires of the times at which the engine did not run" },
    "maxMissed": { "type": "integer", "minimum": 1, "maximum": 1000, "default": 100,
                   "description": "with missed: all, the latest so many" },
    "maxLateness": { "type": "string", "default": "1d", "description": "what was missed longer ago does not fire" },
    "jitter": { "type": "string", "default": "0s", "description": "fires up to so much later, spread by trigger and time" }
  }
})";
constexpr const char* kScheduleBody = R"({
  "type": "object", "required": ["scheduledFor", "timezone", "missed"], "additionalProperties": false,
  "properties": {
    "scheduledFor": { "type": "string", "description": "the instant, RFC 3339 in UTC" },
    "timezone": { "type": "string" },
    "missed": { "type": "boolean", "description": "it fires late: see the setting missed" },
    "backfill": { "type": "boolean", "description": "it fires since a backfill asked for it" }
  }
})";

void define(Plugin& plugin) {
    plugin.named("core", "1.0.0");
    ActionDefinition& http = plugin.action("http", core::http);
    declare_http_errors(http);
    const Json nothing = Json::object({{"status", 200}, {"headers", Json::object({})}, {"body", nullptr}});
    http.title("HTTP request")
        .description(
            "Sends a request through the engine's guarded client. Methods that change something carry the "
            "step's "
            "Idempotency-Key unless the flow sets one.")
        .input(kHttpInput)
        .output(kHttpOutput)
        .sample("A request", Json::object({{"url", "https://example.com/"}}), nothing)
        .non_blocking();
    plugin.action("log", core::log)
        .title("Log")
        .description("Writes a line to the run's log.")
        .sample("A line", Json::object({{"level", "warn"}, {"message", "3 orders are late"}}),
                Json::object({{"level", "warn"}, {"message", "3 orders are late"}}))
        .pure()
        .non_blocking();
    plugin.action("map", core::map)
        .title("Map")
        .description("Yields a value as built, or an object of fields taken from paths of a source.")
        .input(kMapInput)
        .error(ErrorClass::validation, "", "A path is none, or names what the source does not have.")
        .sample("A field",
                Json::object({{"source", Json::object({{"a", Json::list({1, 2})}})},
                              {"fields", Json::list({Json::object({{"from", "a[0]"}, {"to", "first"}})})}}),
                Json::object({{"first", 1}}))
        .pure()
        .non_blocking();
    plugin.trigger("webhook", "webhook")
        .title("Webhook")
        .description("Starts a run for each request to the flow's address.");
    plugin.trigger("manual", "manual")
        .title("Manual")
        .description("Starts a run on request, by command or API.");
    plugin.trigger("schedule", "schedule")
        .title("Schedule")
        .description("Starts a run at the times that a cron expression names, or every so often.")
        .settings(kScheduleSettings)
        .body(kScheduleBody);
}

}  // namespace

TAPPET_PLUGIN(define)
