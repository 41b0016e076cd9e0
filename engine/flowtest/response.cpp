#include "flowtest/response.hpp"

#include "base/encoding.hpp"
#include "expr/json.hpp"

namespace tappet::flowtest {
namespace {

Value body_value(const http::Response& response) {
    if (response.body.empty()) return {};
    if (response.headers.get("content-type").value_or("").find("json") != std::string_view::npos)
        if (auto json = parse_json(response.body); json.ok) return std::move(json.value);
    return find_invalid_utf8(response.body) == std::string::npos ? Value::string(response.body)
                                                                 : Value::bytes(response.body);
}

}  // namespace

Value response_value(const http::Response& response) {
    std::vector<MapEntry> headers;
    for (const auto& [name, value] : response.headers.items()) {
        std::string lower;
        for (const char c : name) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        headers.push_back({Value::string(lower), Value::string(value)});
    }
    return Value::object({{"status", Value::integer(response.status)},
                          {"headers", Value::map(std::move(headers))},
                          {"body", body_value(response)}});
}

}  // namespace tappet::flowtest
