#pragma once
#include <cctype>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "expr/json.hpp"
#include "support/raw_client.hpp"

namespace tappet::test {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// The text at a path of keys of a document; numbers and booleans as JSON, empty where there is nothing.
inline std::string text_at(const Value& document, std::initializer_list<std::string_view> path) {
    const Value* value = document.at(std::span(path.begin(), path.size()));
    if (!value) return {};
    if (value->is(Kind::string)) return std::string(value->as_string());
    std::string out;
    append_json(out, *value);
    return out;
}

/// An answer in its parts.
struct Answer {
    int status = 0;  ///< 0: the server closed without one
    Fields fields;   ///< names in lower case
    std::string body;
    Value json;  ///< null where the body is none

    std::string field(std::string_view name) const {
        for (const auto& [key, value] : fields)
            if (key == name) return value;
        return {};
    }
    std::string text(std::initializer_list<std::string_view> path) const { return text_at(json, path); }
};

inline Answer parse_answer(std::string_view bytes) {
    Answer out;
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos || !bytes.starts_with("HTTP/1.1 ")) return out;
    out.status = std::atoi(std::string(bytes.substr(9, 3)).c_str());
    out.body = bytes.substr(end + 4);
    std::string_view head = bytes.substr(0, end);
    for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n")) {
        head.remove_prefix(at + 2);
        const std::string_view line = head.substr(0, head.find("\r\n"));
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        std::string name(line.substr(0, colon));
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        out.fields.emplace_back(std::move(name), line.substr(colon + 2));
    }
    if (JsonParsed parsed = parse_json(out.body); parsed.ok) out.json = std::move(parsed.value);
    return out;
}

/// The bytes of a request. Adds Host where the fields have none, and the body's length.
inline std::string request_bytes(std::string_view method, std::string_view target, std::string_view body,
                                 const Fields& fields) {
    std::string out = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
    bool host = false;
    for (const auto& [name, value] : fields) {
        out += name + ": " + value + "\r\n";
        host = host || name == "Host";
    }
    if (!host) out += "Host: localhost\r\n";
    out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return out + std::string(body);
}

/// Sends one request on a connection of its own.
inline Answer exchange(const std::string& address, std::string_view method, std::string_view target,
                       std::string_view body = {}, const Fields& fields = {}) {
    RawClient client(address);
    client.send(request_bytes(method, target, body, fields));
    return parse_answer(client.read_answer(method == "HEAD"));
}

}  // namespace tappet::test
