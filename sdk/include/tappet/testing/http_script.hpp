#pragma once
#include <tappet/abi.h>
#include <tappet/testing/value.hpp>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet::sdk::mock {

/// A request that a plugin has sent.
struct SentRequest {
    std::string method, url, body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::int64_t timeout_ms = 0;
    int redirects = 0;
    std::uint64_t max_body = 0;
    bool authorized = false;  ///< the engine was to add the connection's credential

    /// By its name in any case; empty when there is none.
    std::string_view header(std::string_view name) const {
        const auto lower = [](std::string_view text) {
            std::string out(text);
            for (char& c : out)
                if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
            return out;
        };
        for (const auto& [key, value] : headers)
            if (lower(key) == lower(name)) return value;
        return {};
    }
};

/// One request that is expected, and what it is answered with: an empty 200 unless something else is said.
class ExpectedRequest {
public:
    ExpectedRequest(std::string method, std::string url) : method_(std::move(method)), url_(std::move(url)) {}

    ExpectedRequest& with_header(std::string name, std::string value) {
        headers_.emplace_back(std::move(name), std::move(value));
        return *this;
    }
    ExpectedRequest& with_body(std::string text) { return body_ = std::move(text), *this; }
    /// The body is JSON of this value, however it is spaced and ordered.
    ExpectedRequest& with_json(Value value) { return json_ = std::move(value), *this; }
    ExpectedRequest& authorized() { return authorized_ = true, *this; }

    ExpectedRequest& answer(int status, std::string text = {},
                            std::vector<std::pair<std::string, std::string>> headers = {}) {
        status_ = status;
        text_ = std::move(text);
        answer_headers_ = std::move(headers);
        return *this;
    }
    ExpectedRequest& answer_json(int status, const Value& value) {
        return answer(status, value.json(), {{"content-type", "application/json"}});
    }
    /// There is no answer.
    ExpectedRequest& fail(tappet_http_failure failure, std::string message = "scripted") {
        failure_ = failure;
        text_ = std::move(message);
        return *this;
    }

private:
    friend class HttpScript;
    friend class Host;
    /// Empty where the request fits, else what does not.
    std::string mismatch(const SentRequest& sent) const;

    std::string method_, url_;
    std::vector<std::pair<std::string, std::string>> headers_;
    std::optional<std::string> body_;
    std::optional<Value> json_;
    bool authorized_ = false;
    tappet_http_failure failure_ = TAPPET_HTTP_OK;
    int status_ = 200;
    std::string text_;
    std::vector<std::pair<std::string, std::string>> answer_headers_;
};

/// What requests are expected, in this order unless in_any_order() is said; each once. One that is not
/// expected fails the test, and does not connect; so does, at the end, one that did not come.
class HttpScript {
public:
    /// The reference lives as long as the script.
    ExpectedRequest& expect(std::string method, std::string url) {
        return expected_.emplace_back(std::move(method), std::move(url));
    }
    void in_any_order() { any_order_ = true; }
    const std::vector<SentRequest>& sent() const { return sent_; }

private:
    friend class Host;
    /// The expectation that a request meets; what is wrong in `problem` where there is none.
    std::optional<ExpectedRequest> take(const SentRequest& sent, std::string& problem) {
        sent_.push_back(sent);
        const std::string what = sent.method + " " + sent.url;
        if (expected_.empty()) return problem = "no request was expected, but it sent " + what, std::nullopt;
        for (std::size_t i = 0; i < expected_.size(); ++i) {
            const std::string wrong = expected_[i].mismatch(sent);
            if (wrong.empty()) {
                ExpectedRequest out = expected_[i];
                expected_.erase(expected_.begin() + static_cast<std::ptrdiff_t>(i));
                return out;
            }
            if (problem.empty()) problem = "it sent " + what + ": " + wrong;
            if (!any_order_) break;
        }
        return std::nullopt;
    }
    std::vector<std::string> missing() const {
        std::vector<std::string> out;
        for (const auto& one : expected_)
            out.push_back(one.method_ + " " + one.url_ + " was never sent; " + sent_so_far());
        return out;
    }
    std::string sent_so_far() const {
        std::string out;
        for (const SentRequest& one : sent_) out += (out.empty() ? "" : ", ") + one.method + " " + one.url;
        return out.empty() ? "nothing was" : "sent was " + out;
    }
    bool any_order_ = false;
    std::deque<ExpectedRequest> expected_;
    std::vector<SentRequest> sent_;
};

}  // namespace tappet::sdk::mock

#include <tappet/testing/json_reader.hpp>

inline std::string tappet::sdk::mock::ExpectedRequest::mismatch(const SentRequest& sent) const {
    if (sent.method != method_ || sent.url != url_) return "expected was " + method_ + " " + url_;
    for (const auto& [name, value] : headers_)
        if (sent.header(name) != value)
            return "its header " + name + " is \"" + std::string(sent.header(name)) + "\", not \"" + value +
                   "\"";
    if (body_ && sent.body != *body_) return "its body is " + sent.body + ", not " + *body_;
    if (json_) {
        const std::optional<Value> body = JsonReader::read(sent.body);
        if (!body || !(*body == *json_)) return "its body is " + sent.body + ", not " + json_->json();
    }
    if (authorized_ && !sent.authorized) return "it does not ask to be authorized";
    return {};
}
