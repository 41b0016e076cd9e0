#include "trigger/answer.hpp"

#include "expr/json.hpp"

namespace tappet::trigger {
namespace {

/// A header's value as text; nothing that could split the message.
std::string header_text(const Value& value) {
    std::string text;
    if (value.is(Kind::string))
        text = value.as_string();
    else
        append_json(text, value, {Secrets::reveal, 0});
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    return text;
}

bool is_token(std::string_view name) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    for (const char c : name) {
        const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!word && kMarks.find(c) == std::string_view::npos) return false;
    }
    return !name.empty();
}

bool is_framing(std::string_view name) {
    std::string lower(name);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower == "content-length" || lower == "transfer-encoding" || lower == "connection" ||
           lower == "date";
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

http::Response synchronous_answer(const runtime::Outcome& outcome, const RunId& run,
                                  const std::string& location) {
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
                                   {"class", Value::string(error_class)},
                                   {"runId", Value::string(run.text())}}));
        return response;
    }
    const run::Answer& answer = *outcome.answer;
    response.status = answer.status;
    std::string type = answer.content_type;
    if (answer.headers.is(Kind::map)) {
        for (const MapEntry& entry : answer.headers.entries()) {
            const std::string name = header_text(entry.key);
            if (is_token(name) && !is_framing(name)) response.headers.add(name, header_text(entry.value));
        }
    }
    if (answer.body.is(Kind::string) || answer.body.is(Kind::bytes)) {
        response.body = answer.body.as_string();
        if (type.empty())
            type = answer.body.is(Kind::string) ? "text/plain; charset=utf-8" : "application/octet-stream";
    } else if (!answer.body.is_null()) {
        append_json(response.body, answer.body, {Secrets::reveal, 0});
        if (type.empty()) type = "application/json";
    }
    if (!type.empty() && !response.headers.get("content-type"))
        response.headers.add("content-type", header_text(Value::string(type)));
    return response;
}

}  // namespace tappet::trigger
