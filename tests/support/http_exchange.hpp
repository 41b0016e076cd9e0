#pragma once
#include <memory>
#include <stdexcept>
#include <string>

#include "expr/json.hpp"
#include "support/raw_client.hpp"

namespace tappet::test {

/// An answer, taken apart as far as tests need it.
struct HttpAnswer {
    int status = 0;    ///< 0: none came
    std::string head;  ///< status line and fields as received
    std::string body;
    Value json;  ///< null when the body is none

    /// A field's value; empty when it is absent. Names compare without case.
    std::string field(std::string name) const {
        const auto lower = [](std::string text) {
            for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            return text;
        };
        const std::size_t at = lower(head).find("\r\n" + lower(std::move(name)) + ": ");
        if (at == std::string::npos) return {};
        const std::size_t begin = head.find(": ", at) + 2;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
};

inline HttpAnswer read_http_answer(const std::string& text) {
    HttpAnswer out;
    const std::size_t end = text.find("\r\n\r\n");
    if (end == std::string::npos || text.size() < 12) return out;
    out.status = std::atoi(text.c_str() + 9);
    out.head = text.substr(0, end + 2);
    out.body = text.substr(end + 4);
    JsonParsed parsed = parse_json(out.body);
    if (parsed.ok) out.json = std::move(parsed.value);
    return out;
}

/// A keep-alive connection that asks one thing after the other, and connects anew when it was lost.
class HttpExchange {
public:
    explicit HttpExchange(std::string address) : address_(std::move(address)) {}

    /// Status 0 when no whole answer came.
    HttpAnswer ask(const std::string& method, const std::string& target, const std::string& body = {},
                   const std::string& fields = {}) {
        try {
            if (!client_) client_ = std::make_unique<RawClient>(address_);
            std::string request = method + " " + target + " HTTP/1.1\r\nHost: " + address_ + "\r\n" + fields;
            if (!body.empty()) request += "Content-Type: application/json\r\n";
            request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
            HttpAnswer answer = client_->send(request)
                                    ? read_http_answer(client_->read_answer(method == "HEAD"))
                                    : HttpAnswer{};
            if (answer.status == 0 || answer.field("connection") == "close") client_.reset();
            return answer;
        } catch (const std::runtime_error&) {
            client_.reset();
            return {};
        }
    }

private:
    std::string address_;
    std::unique_ptr<RawClient> client_;
};

}  // namespace tappet::test
