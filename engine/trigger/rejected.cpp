#include "trigger/rejected.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "trigger/media_type.hpp"
#include "vault/digest.hpp"

namespace tappet::trigger {
namespace {

Value short_text(std::string text, std::size_t most = kMaxRejectedText) {
    make_utf8(text);
    shorten(text, most);
    return Value::string(text);
}

/// Where a text is cut so that at most `bytes` bytes are left and no character of UTF-8 is in two.
std::size_t whole_characters(std::string_view text, std::size_t bytes) {
    if (bytes >= text.size()) return text.size();
    std::size_t end = bytes;
    while (end > 0 && bytes - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80 ? bytes : end;
}

bool is_encoded(const http::Headers& headers) {
    const auto header = headers.get("content-encoding");
    if (!header) return false;
    const std::string coding = media_type(*header);
    return !coding.empty() && coding != "identity";
}

/// { size, sha256, text, base64, complete }. `encoded`: bytes that are no text are compressed, and nobody can
/// say what they hold.
Value body_value(std::string_view body, const Redactor& redactor, std::size_t most, bool encoded) {
    const std::size_t end = whole_characters(body, most);
    const bool text = find_invalid_utf8(body.substr(0, end)) == std::string_view::npos;
    const bool hidden = encoded && !text;
    // The digest of what is shown but for a short secret would give the secret away.
    const bool hash = !hidden && body.size() <= kMaxRejectedHashed && !redactor.finds_in(body);
    Value shown_text, shown_bytes;
    if (!hidden && most > 0) {
        std::string shown = redactor.text_until(body, end);
        if (text)
            shown_text = Value::string(shown);
        else
            shown_bytes = Value::string(to_base64(shown));
    }
    return Value::object({{"size", Value::integer(static_cast<std::int64_t>(body.size()))},
                          {"sha256", hash ? Value::string(vault::sha256_hex(body)) : Value::null()},
                          {"text", shown_text},
                          {"base64", shown_bytes},
                          {"complete", Value::boolean(!hidden && most > 0 && end == body.size())}});
}

/// The same of one that was not read since it is too long: what the sender said of it.
Value unread_body(const http::Headers& headers) {
    std::int64_t size = -1;
    if (const auto said = headers.get("content-length"))
        (void)std::from_chars(said->data(), said->data() + said->size(), size);
    return Value::object({{"size", size < 0 ? Value::null() : Value::integer(size)},
                          {"sha256", Value::null()},
                          {"text", Value::null()},
                          {"base64", Value::null()},
                          {"complete", Value::boolean(false)}});
}

/// Each name once, as the values that came with it, joined; credentials as dots.
Value headers_of(const http::Headers& headers, const Redactor& redactor) {
    std::vector<MapEntry> out;
    std::map<std::string_view, std::size_t> places;
    std::size_t bytes = 0;
    for (const auto& [name, value] : headers.items()) {
        std::string shown = redactor.hides(name) ? std::string(kRedacted) : redactor.text(value);
        make_utf8(shown);
        shorten(shown, kMaxRejectedHeader);
        bytes += name.size() + shown.size();
        if (bytes > kMaxRejectedHeaders) break;
        if (const auto known = places.find(name); known != places.end()) {
            Value& before = out[known->second].value;
            before = Value::string(std::string(before.as_string()) + ", " + shown);
            continue;
        }
        places.emplace(name, out.size());
        out.push_back({Value::string(name), Value::string(shown)});
    }
    return Value::map(std::move(out));
}

Value places_of(const Problem& problem, const Redactor& redactor) {
    std::vector<Value> out;
    for (const auto& place : problem.errors) {
        if (out.size() == kMaxRejectedPlaces) break;
        out.push_back(Value::object({{"pointer", short_text(redactor.text(place.pointer))},
                                     {"detail", short_text(redactor.text(place.detail))}}));
    }
    return Value::list(std::move(out));
}

struct Came {
    Value source, method, path, query, headers, remote, body;
};

store::Rejected row_of(RejectedAt at, const Problem& problem, const Redactor& redactor, Came came) {
    store::Rejected out;
    out.id = at.id;
    out.tenant = std::move(at.tenant);
    out.flow = std::move(at.flow);
    out.trigger = std::move(at.trigger);
    out.time = at.time;
    out.status = problem.status;
    out.code = problem.code;
    append_json(out.data, Value::object({{"detail", short_text(redactor.text(problem.detail))},
                                         {"errors", places_of(problem, redactor)},
                                         {"source", std::move(came.source)},
                                         {"method", std::move(came.method)},
                                         {"path", std::move(came.path)},
                                         {"query", std::move(came.query)},
                                         {"headers", std::move(came.headers)},
                                         {"remote", std::move(came.remote)},
                                         {"body", std::move(came.body)}}));
    return out;
}

}  // namespace

bool is_kept(const Problem& problem) {
    if (problem.status == 429) return problem.code == "rate-limit";
    return problem.status >= 400 && problem.status < 500 && problem.status != 404;
}

store::Rejected rejected_request(RejectedAt at, const http::Request& request, const Problem& problem,
                                 const Redactor& redactor, std::size_t body) {
    const Redactor all = redactor.with_credentials_of(request);
    Came came;
    came.method = short_text(request.method);
    came.path = short_text(all.text(request.path()));
    came.query = short_text(all.query(request.query()));
    came.headers = headers_of(request.headers, all);
    came.remote = request.remote.empty() ? Value::null() : Value::string(request.remote);
    const bool unread = problem.status == 413 && request.body.empty();
    came.body = unread ? unread_body(request.headers)
                       : body_value(request.body, all, body, is_encoded(request.headers));
    return row_of(std::move(at), problem, all, std::move(came));
}

store::Rejected rejected_event(RejectedAt at, std::string_view source, const Value& event,
                               const Problem& problem, const Redactor& redactor, std::size_t body) {
    std::string json;
    append_json(json, event);
    Came came;
    came.source = Value::string(source);
    came.body = body_value(json, redactor, body, false);
    return row_of(std::move(at), problem, redactor, std::move(came));
}

}  // namespace tappet::trigger
