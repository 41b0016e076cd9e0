#include "trigger/answer.hpp"

#include "expr/json.hpp"

namespace tappet::trigger {
namespace {

/// The server sees to it that no name or value can split the message.
std::string header_text(const Value& value) {
    if (value.is(Kind::string)) return std::string(value.as_string());
    std::string text;
    append_json(text, value, {Secrets::reveal, 0});
    return text;
}

}  // namespace

http::Response accepted_answer(int status, const RunId& run, const std::string& location) {
    const std::string id = run.text();
    http::Response response;
    response.status = status;
    response.headers.add("content-type", "application/json");
    response.headers.add("location", location);
    response.body.reserve(96 + location.size());
    response.body += "{\"runId\":\"";
    response.body += id;
    response.body += "\",\"status\":\"queued\",\"url\":";
    append_json(response.body, Value::string(location));
    response.body += '}';
    return response;
}

http::Response filtered_answer(int status) {
    http::Response response;
    response.status = status;
    response.headers.add("content-type", "application/json");
    response.body = "{\"status\":\"filtered\"}";
    return response;
}

http::Response late_answer(const RunId& run, const std::string& location) {
    http::Response response = accepted_answer(202, run, location);
    response.headers.add("preference-applied", "respond-async");
    return response;
}

http::Response synchronous_answer(const runtime::Outcome& outcome, const RunId& run,
                                  const std::string& location, const std::string& request_id) {
    http::Response response;
    if (!outcome.answer) {
        const std::string_view error_class = outcome.error ? flow::to_string(outcome.error->error_class)
                                             : outcome.status == run::RunStatus::cancelled ? "cancelled"
                                                                                           : "internal";
        response.status = 500;
        response.headers.add("content-type", "application/problem+json");
        response.headers.add("location", location);
        append_json(response.body,
                    Value::object({{"type", Value::string("about:blank")},
                                   {"title", Value::string("Internal Server Error")},
                                   {"status", Value::integer(500)},
                                   {"detail", Value::string("the run ended as " +
                                                            std::string(run::to_string(outcome.status)) +
                                                            " without an answer")},
                                   {"code", Value::string("run-failed")},
                                   {"requestId", Value::string(request_id)},
                                   {"class", Value::string(error_class)},
                                   {"runId", Value::string(run.text())}}));
        return response;
    }
    const run::Answer& answer = *outcome.answer;
    response.status = answer.status;
    std::string type = answer.content_type;
    if (answer.headers.is(Kind::map)) {
        for (const MapEntry& entry : answer.headers.entries())
            response.headers.add(header_text(entry.key), header_text(entry.value));
    }
    if (answer.body.is(Kind::string) || answer.body.is(Kind::bytes)) {
        response.body = answer.body.as_string();
        if (type.empty())
            type = answer.body.is(Kind::string) ? "text/plain; charset=utf-8" : "application/octet-stream";
    } else if (!answer.body.is_null()) {
        append_json(response.body, answer.body, {Secrets::reveal, 0});
        if (type.empty()) type = "application/json";
    }
    if (!type.empty() && !response.headers.get("content-type")) response.headers.add("content-type", type);
    return response;
}

}  // namespace tappet::trigger
