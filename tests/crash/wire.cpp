#include "wire.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "support/http_answer.hpp"

namespace tappet::crash {
namespace asio = boost::asio;

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

Message parse_head(std::string_view head) {
    Message out;
    std::size_t end = head.find("\r\n");
    out.start = head.substr(0, end);
    while (end != std::string_view::npos) {
        head.remove_prefix(end + 2);
        end = head.find("\r\n");
        const std::string_view line = head.substr(0, end);
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        std::string_view value = line.substr(colon + 1);
        while (value.starts_with(' ')) value.remove_prefix(1);
        out.fields.emplace_back(lower(line.substr(0, colon)), value);
    }
    return out;
}

Task<bool> fill(Socket& socket, std::string& into) {
    char piece[16384];
    boost::system::error_code error;
    const std::size_t got = co_await socket.async_read_some(asio::buffer(piece),
                                                            asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return false;
    into.append(piece, got);
    co_return true;
}

}  // namespace

std::string_view Message::field(std::string_view name) const {
    for (const auto& [key, value] : fields)
        if (key == name) return value;
    return {};
}

std::string_view Message::word(std::size_t number) const {
    std::string_view line = start;
    for (; number > 0; --number) {
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos) return {};
        line.remove_prefix(space + 1);
    }
    return line.substr(0, line.find(' '));
}

int Message::status() const {
    int out = 0;
    const std::string_view text = word(1);
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

Task<std::optional<Message>> read_message(Socket& socket, std::string& rest) {
    std::size_t end = std::string::npos;
    while ((end = rest.find("\r\n\r\n")) == std::string::npos) {
        const bool more = co_await fill(socket, rest);
        if (!more) co_return std::nullopt;
    }
    Message message = parse_head(std::string_view(rest).substr(0, end));
    const std::size_t length =
        std::strtoull(std::string(message.field("content-length")).c_str(), nullptr, 10);
    rest.erase(0, end + 4);
    while (rest.size() < length) {
        const bool more = co_await fill(socket, rest);
        if (!more) co_return std::nullopt;
    }
    message.body = rest.substr(0, length);
    rest.erase(0, length);
    co_return message;
}

Task<bool> write_all(Socket& socket, std::string_view bytes) {
    boost::system::error_code error;
    co_await asio::async_write(socket, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
}

Task<> pause(asio::io_context& loop, std::chrono::microseconds time) {
    asio::steady_timer timer(loop, time);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

Task<bool> Connection::open(const std::string& address) {
    if (socket_.is_open() && address == address_) co_return true;
    close();
    address_ = address;
    const std::size_t colon = address.rfind(':');
    const auto port = static_cast<std::uint16_t>(std::atoi(address.substr(colon + 1).c_str()));
    const asio::ip::tcp::endpoint peer(asio::ip::address_v4::loopback(), port);
    boost::system::error_code error;
    co_await socket_.async_connect(peer, asio::redirect_error(asio::use_awaitable, error));
    if (!error) socket_.set_option(asio::ip::tcp::no_delay(true), error);
    if (error) close();
    co_return !error;
}

void Connection::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    rest_.clear();
}

Task<std::optional<Message>> Connection::exchange(std::string address, std::string method, std::string target,
                                                  std::string body) {
    const bool there = co_await open(address);
    if (!there) co_return std::nullopt;
    test::Fields fields;
    if (!body.empty()) fields.emplace_back("Content-Type", "application/json");
    const std::string request = test::request_bytes(method, target, body, fields);
    const bool sent = co_await write_all(socket_, request);
    std::optional<Message> answer;
    if (sent) answer = co_await read_message(socket_, rest_);
    if (!answer || answer->field("connection") == "close") close();
    co_return answer;
}

}  // namespace tappet::crash
