#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet::http {

/// Header fields in order of arrival; names compare without case. Names of received messages are lower case.
class Headers {
public:
    using Item = std::pair<std::string, std::string>;
    Headers() = default;
    Headers(std::initializer_list<Item> items) : items_(items) {}
    void reserve(std::size_t fields) { items_.reserve(fields); }
    void add(std::string name, std::string value) { items_.emplace_back(std::move(name), std::move(value)); }
    void set(std::string_view name, std::string value);  ///< replaces all of that name
    void remove(std::string_view name);
    std::optional<std::string_view> get(std::string_view name) const;  ///< the first of that name
    std::size_t count(std::string_view name) const;
    const std::vector<Item>& items() const { return items_; }
    bool empty() const { return items_.empty(); }

private:
    std::vector<Item> items_;
};

/// A request as the server hands it over: framing checked, body complete and within the route's limit.
struct Request {
    std::string method;             ///< upper case as sent
    std::string target;             ///< origin-form, as sent: "/a%20b?x=1"
    std::string_view path() const;  ///< target up to '?', still percent-encoded
    std::string_view query()
        const;  ///< behind the first '?', still percent-encoded; empty when there is none
    Headers headers;
    std::string body;    ///< raw bytes as sent (content-encoding is not undone)
    std::string remote;  ///< the peer's address without port: "127.0.0.1", "::1"
};

struct Response {
    int status = 200;
    Headers headers;  ///< content-length, date, connection are added by the server
    std::string body;
};

/// Whether two field names (or list tokens) are the same: ASCII, without case.
bool same_name(std::string_view a, std::string_view b);

/// The standard reason phrase of a status; "Unknown" when it has none.
std::string_view reason(int status);

}  // namespace tappet::http
