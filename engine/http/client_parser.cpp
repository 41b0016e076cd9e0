// The client's one file with Beast in it.
#include "http/client_parser.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "http/inflate.hpp"

namespace tappet::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;
constexpr int kMaxInformational = 16;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// Receives what Beast's grammar recognises. No `override` here: later Boosts have one function more.
class Grammar : public beast::http::basic_parser<false> {
public:
    Grammar(ClientResponse& out, std::uint64_t max_body) : out_(out), left_(max_body) {
        eager(true);
        header_limit(ResponseParser::kMaxHead);
        body_limit(boost::none);
    }

    bool head_done = false;
    bool too_large = false;
    std::string problem;  // set where Beast's own message would not tell

    void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, error_code&) {}
    void on_response_impl(int code, beast::string_view, int, error_code& ec) {
        if (code < 100 || code > 599) return refuse("its status is outside 100 to 599", ec);
        out_.status = code;
    }
    void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                       error_code& ec) {
        if (head_done) return;  // trailers carry nothing that we promise
        if (field == beast::http::field::transfer_encoding && lower(view(value)) != "chunked")
            return refuse("its transfer coding is not chunked", ec);
        out_.headers.add(lower(view(name)), std::string(view(value)));
    }
    void on_trailer_field_impl(beast::http::field, beast::string_view, beast::string_view, error_code&) {}
    void on_header_impl(error_code&) { head_done = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) {
        const auto coding =
            out_.headers.count("content-encoding") == 1 ? out_.headers.get("content-encoding") : std::nullopt;
        if (coding) {
            const std::string name = lower(*coding);
            if (name == "gzip" || name == "x-gzip")
                inflater_.emplace(Inflater::Coding::gzip, left_);
            else if (name == "deflate")
                inflater_.emplace(Inflater::Coding::deflate, left_);
        }
        if (inflater_) {
            out_.headers.remove("content-encoding");
            out_.headers.remove("content-length");
            left_ += ResponseParser::kMaxHead;  // counts compressed bytes from here: what does not shrink
                                                // still passes
        } else if (length) {
            if (*length > left_) return refuse_size(ec);
            out_.body.reserve(std::min<std::uint64_t>(*length, 1u << 20));
        }
    }
    std::size_t on_body_impl(beast::string_view bytes, error_code& ec) {
        take(view(bytes), ec);
        return bytes.size();
    }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code& ec) {
        take(view(bytes), ec);
        return bytes.size();
    }
    void on_finish_impl(error_code& ec) {
        if (inflater_ && !inflater_->complete()) refuse("its compressed body ends too early", ec);
    }

private:
    void refuse(const char* why, error_code& ec) {
        problem = why;
        ec = beast::http::error::bad_value;
    }
    void refuse_size(error_code& ec) {
        too_large = true;
        refuse("its body is larger than allowed", ec);
    }
    void take(std::string_view bytes, error_code& ec) {
        if (bytes.size() > left_) return refuse_size(ec);
        left_ -= bytes.size();
        if (!inflater_) {
            out_.body.append(bytes);
            return;
        }
        switch (inflater_->feed(bytes, out_.body)) {
            case Inflater::Status::good:
                return;
            case Inflater::Status::too_large:
                return refuse_size(ec);
            case Inflater::Status::corrupt:
                return refuse("its compressed body is corrupt", ec);
        }
    }

    ClientResponse& out_;
    std::uint64_t left_;
    std::optional<Inflater> inflater_;
};

}  // namespace

struct ResponseParser::Impl {
    bool to_head;
    std::uint64_t max_body;
    ClientResponse response;
    std::optional<Grammar> grammar;
    State state = State::more;
    bool began = false;
    int informational = 0;
    std::string message;
    bool too_large = false;

    void renew() {
        response = {};
        grammar.emplace(response, max_body);
        if (to_head) grammar->skip(true);
    }
    void fail(const error_code& ec) {
        state = State::failed;
        too_large = grammar->too_large;
        message = grammar->problem.empty() ? ec.message() : grammar->problem;
    }
    /// A complete message: an informational one is forgotten, any other is the answer.
    void complete() {
        if (response.status >= 200) {
            state = State::done;
        } else if (response.status == 101 || ++informational > kMaxInformational) {
            state = State::failed;
            message = response.status == 101 ? "it switches protocols"
                                             : "it sends informational answers without end";
        } else {
            renew();
        }
    }
};

ResponseParser::ResponseParser(bool to_head, std::uint64_t max_body) : impl_(std::make_unique<Impl>()) {
    impl_->to_head = to_head;
    impl_->max_body = max_body;
    impl_->renew();
}

ResponseParser::~ResponseParser() = default;

std::size_t ResponseParser::feed(std::string_view bytes) {
    std::size_t used = 0;
    if (!bytes.empty()) impl_->began = true;
    while (impl_->state == State::more && used < bytes.size()) {
        error_code ec;
        const auto rest = bytes.substr(used);
        if (impl_->response.status == 0 &&
            rest.substr(0, 5) != std::string_view("HTTP/").substr(0, rest.size())) {
            impl_->fail(beast::http::error::bad_version);  // Beast would wait for a whole line first
            break;
        }
        const std::size_t n = impl_->grammar->put({rest.data(), rest.size()}, ec);
        used += n;
        if (ec == beast::http::error::need_more) {
            if (bytes.size() - used >= kMaxHead) impl_->fail(beast::http::error::header_limit);
            break;
        }
        if (ec)
            impl_->fail(ec);
        else if (impl_->grammar->is_done())
            impl_->complete();
    }
    return used;
}

void ResponseParser::end() {
    if (impl_->state != State::more) return;
    error_code ec = beast::http::error::partial_message;
    if (impl_->grammar->got_some()) impl_->grammar->put_eof(ec);
    if (ec)
        impl_->fail(ec);
    else
        impl_->complete();
    if (impl_->state == State::more) impl_->fail(beast::http::error::partial_message);
    if (impl_->state == State::failed &&
        impl_->message == error_code(beast::http::error::partial_message).message())
        impl_->message = "the connection ended before the answer was complete";
}

ResponseParser::State ResponseParser::state() const { return impl_->state; }
bool ResponseParser::began() const { return impl_->began; }
bool ResponseParser::keep_alive() const {
    return impl_->state == State::done && impl_->grammar->keep_alive();
}
Failure::Kind ResponseParser::failure() const {
    return impl_->too_large ? Failure::Kind::too_large : Failure::Kind::protocol;
}
const std::string& ResponseParser::message() const { return impl_->message; }
ClientResponse& ResponseParser::response() { return impl_->response; }
bool ResponseParser::has_head() const { return impl_->grammar->head_done; }

}  // namespace tappet::http
