#include "message.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

namespace demo {
namespace asio = boost::asio;
namespace {

constexpr std::size_t kMostBytes = 1u << 20;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// What stands before the next `mark`; both are taken off `text`.
std::string_view take_until(std::string_view& text, std::string_view mark) {
    const std::size_t end = text.find(mark);
    const std::string_view out = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + mark.size());
    return out;
}

std::optional<Request> parse_head(std::string_view head) {
    std::string_view line = take_until(head, "\r\n");
    Request out;
    out.method = take_until(line, " ");
    std::string_view target = take_until(line, " ");
    if (out.method.empty() || !target.starts_with('/') || !line.starts_with("HTTP/1.1")) return std::nullopt;
    out.path = take_until(target, "?");
    out.query = target;
    while (!head.empty()) {
        std::string_view field = take_until(head, "\r\n");
        const std::string name = lower(take_until(field, ":"));
        while (field.starts_with(' ')) field.remove_prefix(1);
        out.headers.emplace_back(name, field);
    }
    return out;
}

std::optional<std::size_t> length_of(const Request& request) {
    const std::string_view text = request.header("content-length");
    if (text.empty()) return 0;
    std::size_t out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || out > kMostBytes)
        return std::nullopt;
    return out;
}

Task<bool> fill(Socket& socket, std::string& into) {
    if (into.size() > kMostBytes) co_return false;
    char piece[8192];
    boost::system::error_code error;
    const std::size_t got = co_await socket.async_read_some(asio::buffer(piece),
                                                            asio::redirect_error(asio::use_awaitable, error));
    into.append(piece, got);
    co_return !error;
}

std::string_view reason(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        case 503:
            return "Service Unavailable";
        default:
            return "Unknown";
    }
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

Task<std::optional<Request>> read_request(Socket& socket, std::string& rest) {
    std::size_t end = rest.find("\r\n\r\n");
    while (end == std::string::npos) {
        const bool more = co_await fill(socket, rest);
        if (!more) co_return std::nullopt;
        end = rest.find("\r\n\r\n");
    }
    std::optional<Request> request = parse_head(std::string_view(rest).substr(0, end));
    const std::optional<std::size_t> length = request ? length_of(*request) : std::nullopt;
    if (!length) co_return std::nullopt;
    rest.erase(0, end + 4);
    while (rest.size() < *length) {
        const bool more = co_await fill(socket, rest);
        if (!more) co_return std::nullopt;
    }
    request->body = rest.substr(0, *length);
    rest.erase(0, *length);
    co_return request;
}

Task<bool> write_answer(Socket& socket, Answer answer) {
    std::string out =
        "HTTP/1.1 " + std::to_string(answer.status) + " " + std::string(reason(answer.status)) + "\r\n";
    if (answer.retry_after_s > 0) out += "Retry-After: " + std::to_string(answer.retry_after_s) + "\r\n";
    if (answer.remembered) out += "Idempotent-Replayed: true\r\n";
    if (answer.status != 204) {
        out += "Content-Type: application/json\r\n";
        out += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
    }
    out += "\r\n" + answer.body;
    boost::system::error_code error;
    co_await asio::async_write(socket, asio::buffer(out), asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
}

}  // namespace demo
