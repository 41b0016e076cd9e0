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

http::Response status_answer(int status, std::string_view word) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    response.body = "{\"status\":\"" + std::string(word) + "\"}";
    return response;
}

}  // namespace

http::Response accepted_answer(int status, const RunId& run, const std::string& location) {
    const std::string id = run.text();
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    response.headers.add("Location", location);
    response.body.reserve(96 + location.size());
    response.body += "{\"runId\":\"";
    response.body += id;
    response.body += "\",\"status\":\"queued\",\"url\":";
    append_json(response.body, Value::string(location));
    response.body += '}';
    return response;
}

http::Response filtered_answer(int status) { return status_answer(status, "filtered"); }
http::Response ignored_answer(int status) { return status_answer(status, "ignored"); }

http::Response batch_answer(int status, const std::vector<StartedRun>& runs) {
    std::vector<Value> list;
    for (const StartedRun& run : runs) {
        std::vector<MapEntry> entry{{Value::string("runId"), Value::string(run.run.text())},
                                    {Value::string("status"), Value::string("queued")},
                                    {Value::string("url"), Value::string(run.location)}};
        if (run.duplicate) entry.push_back({Value::string("replayed"), Value::boolean(true)});
        list.push_back(Value::map(std::move(entry)));
    }
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    append_json(response.body, Value::object({{"runs", Value::list(std::move(list))}}));
    return response;
}

http::Response late_answer(const RunId& run, const std::string& location) {
    http::Response response = accepted_answer(202, run, location);
    response.headers.add("Preference-Applied", "respond-async");
    return response;
}

http::Response given_answer(const run::Answer& answer) {
    http::Response response;
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
    if (!type.empty() && !response.headers.get("content-type")) response.headers.add("Content-Type", type);
    return response;
}

http::Response synchronous_answer(const runtime::Outcome& outcome, const RunId& run,
                                  const std::string& location) {
    http::Response response;
    if (!outcome.answer) {
        const std::string_view error_class = outcome.error ? flow::to_string(outcome.error->error_class)
                                             : outcome.status == run::RunStatus::cancelled ? "cancelled"
                                                                                           : "internal";
        response.status = 500;
        response.headers.add("Content-Type", "application/problem+json");
        response.headers.add("Location", location);
        append_json(response.body,
                    Value::object({{"type", Value::string("about:blank")},
                                   {"title", Value::string("Internal Server Error")},
                                   {"status", Value::integer(500)},
                                   {"detail", Value::string("the run ended as " +
                                                            std::string(run::to_string(outcome.status)) +
                                                            " without an answer")},
                                   {"code", Value::string("run-failed")},
                                   {"requestId", Value::string(run.text())},
                                   {"class", Value::string(error_class)},
                                   {"runId", Value::string(run.text())}}));
        return response;
    }
    return given_answer(*outcome.answer);
}

}  // namespace tappet::trigger
