#include "trigger/body.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include "base/encoding.hpp"
#include "expr/json.hpp"

namespace tappet::trigger {
namespace {

/// "Application/JSON; charset=utf-8" → "application/json"
std::string media_type(std::string_view header) {
    header = header.substr(0, header.find(';'));
    while (!header.empty() && (header.back() == ' ' || header.back() == '\t')) header.remove_suffix(1);
    while (!header.empty() && (header.front() == ' ' || header.front() == '\t')) header.remove_prefix(1);
    std::string out(header);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

Body refused(int status, std::string code, std::string detail) {
    Body out;
    out.problem = Problem{status, std::move(code), std::move(detail), {}, 0, ""};
    return out;
}

Body json_body(const std::string& text) {
    JsonParsed parsed = parse_json(text);
    if (parsed.ok) return {std::move(parsed.value), {}};
    const JsonError& error = parsed.error;
    return refused(400, "invalid-json",
                   "the body is not JSON: " + error.message + " at byte " + std::to_string(error.offset) +
                       " (line " + std::to_string(error.line) + ", column " + std::to_string(error.column) +
                       ")");
}

Body text_body(const std::string& text) {
    const std::size_t bad = find_invalid_utf8(text);
    if (bad == std::string::npos) return {Value::string(text), {}};
    return refused(400, "invalid-text",
                   "the body is said to be text and is not UTF-8 at byte " + std::to_string(bad));
}

}  // namespace

Result<Value> read_form(std::string_view text) {
    const Error unreadable = Error::invalid("has a malformed %-escape or is not UTF-8");
    std::size_t count = 0;
    std::vector<std::pair<std::string, std::vector<Value>>> fields;
    std::map<std::string, std::size_t, std::less<>> by_name;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view field = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (field.empty()) continue;
        if (++count > kMaxFormFields)
            return Error::invalid("has more than " + std::to_string(kMaxFormFields) + " fields");
        const std::size_t equals = field.find('=');
        auto name = percent_decode(field.substr(0, equals), true);
        auto value = percent_decode(
            equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1), true);
        if (!name || !value) return unreadable;
        if (find_invalid_utf8(*name) != std::string::npos || find_invalid_utf8(*value) != std::string::npos)
            return unreadable;
        const auto [at, first] = by_name.emplace(*name, fields.size());
        if (first) fields.emplace_back(std::move(*name), std::vector<Value>());
        fields[at->second].second.push_back(Value::string(*value));
    }
    std::vector<MapEntry> entries;
    entries.reserve(fields.size());
    for (auto& [name, values] : fields)
        entries.push_back({Value::string(name),
                           values.size() == 1 ? std::move(values.front()) : Value::list(std::move(values))});
    return Value::map(std::move(entries));
}

Body read_body(const http::Request& request) {
    if (const auto coding = request.headers.get("content-encoding"); coding && *coding != "identity")
        return refused(415, "unsupported-encoding",
                       "Content-Encoding " + std::string(*coding) + " is not taken; send the body as it is");
    if (request.body.empty()) return {};
    const auto header = request.headers.get("content-type");
    if (!header) {
        const std::size_t first = request.body.find_first_not_of(" \t\r\n");
        if (first != std::string::npos && (request.body[first] == '{' || request.body[first] == '['))
            return json_body(request.body);
        if (find_invalid_utf8(request.body) == std::string::npos) return {Value::string(request.body), {}};
        return {Value::bytes(request.body), {}};
    }
    const std::string type = media_type(*header);
    if (type == "application/json" || type.ends_with("+json") || type == "text/json")
        return json_body(request.body);
    if (type == "application/x-www-form-urlencoded") {
        auto form = read_form(request.body);
        if (form) return {std::move(*form), {}};
        return refused(400, "invalid-form", "the body is said to be a form and " + form.error().message);
    }
    if (type.starts_with("multipart/"))
        return refused(415, "unsupported-media-type",
                       "multipart bodies are not taken; send JSON, a form, text or binary");
    if (type.starts_with("text/") || type == "application/xml" || type.ends_with("+xml"))
        return text_body(request.body);
    return {Value::bytes(request.body), {}};
}

}  // namespace tappet::trigger
