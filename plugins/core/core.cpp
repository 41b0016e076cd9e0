#include <tappet/plugin.hpp>

#include "actions.hpp"

namespace {

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
constexpr const char* kLogInput = R"({
  "type": "object", "required": ["message"], "additionalProperties": false,
  "properties": {
    "level": {"enum": ["trace", "debug", "info", "warn", "error"], "default": "info"},
    "message": {"description": "A string, or a value that is written as JSON"}
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

void define(Plugin& plugin) {
    plugin.named("core", "1.0.0");
    plugin.action("http", core::http)
        .title("HTTP request")
        .description(
            "Sends a request through the engine's guarded client. Methods that change something carry the "
            "step's "
            "Idempotency-Key unless the flow sets one.")
        .input(kHttpInput)
        .output(kHttpOutput)
        .non_blocking();
    plugin.action("log", core::log)
        .title("Log")
        .description("Writes a line to the run's log.")
        .input(kLogInput)
        .pure()
        .non_blocking();
    plugin.action("map", core::map)
        .title("Map")
        .description("Yields a value as built, or an object of fields taken from paths of a source.")
        .input(kMapInput)
        .pure()
        .non_blocking();
    plugin.trigger("webhook", "webhook")
        .title("Webhook")
        .description("Starts a run for each request to the flow's address.");
    plugin.trigger("manual", "manual")
        .title("Manual")
        .description("Starts a run on request, by command or API.");
}

}  // namespace

TAPPET_PLUGIN(define)
