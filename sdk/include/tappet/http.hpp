#pragma once
#include <tappet/service.hpp>

#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet::sdk {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    HttpRequest(std::string m, std::string u) : method(std::move(m)), url(std::move(u)) {}
    std::string method;
    std::string url;  ///< absolute, http or https
    HeaderList headers;
    std::string body;
    std::int64_t timeout_ms = 30'000;    ///< for everything; the call's deadline shortens it
    int redirects = 5;                   ///< how many to follow
    std::uint64_t max_body = 10u << 20;  ///< bytes of the answer after decompression
    bool authorize = false;  ///< the engine adds the credential of the call's connection, as `attach` says
};

/// An answer of the peer, whatever its status, or why there is none.
struct HttpResponse {
    tappet_http_failure failure = TAPPET_HTTP_OK;
    std::string message;            ///< of a failure
    bool may_have_arrived = false;  ///< of a failure: the peer may have acted all the same
    int status = 0;
    HeaderList headers;  ///< names in lower case
    std::string body;
    std::string url;  ///< after redirects

    explicit HttpResponse(const tappet_http_answer& answer)
        : failure(static_cast<tappet_http_failure>(answer.failure)),
          message(text_of(answer.message)),
          may_have_arrived(answer.may_have_arrived != 0),
          status(answer.status),
          body(text_of(answer.body)),
          url(text_of(answer.url)) {
        for (std::size_t i = 0; i < answer.header_count; ++i)
            headers.emplace_back(text_of(answer.headers[i].name), text_of(answer.headers[i].value));
    }

    bool answered() const { return failure == TAPPET_HTTP_OK; }
    /// The first header of that name (lower case); nothing when there is none.
    std::optional<std::string_view> header(std::string_view name) const {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return std::nullopt;
    }
    /// The error that a failure stands for: refused addresses are forbidden, caps upstream, the network
    /// unavailable.
    Error error() const;
};

/// The engine's guarded HTTP client, for one call. Requests end with the call's cancellation.
class Http {
public:
    Http(Instance& instance, std::uint64_t call) : instance_(&instance), call_(call) {}

    struct Sending;
    /// `HttpResponse answer = co_await context.http().send(std::move(request));`
    Pending<Sending> send(HttpRequest request) const;
    /// Callback style; `done` comes exactly once, never from inside send; what it throws
    /// fails the call.
    void send(const HttpRequest& request, std::function<void(HttpResponse)> done) const;
    /// Waits for the answer; only in actions that do not declare nonBlocking.
    HttpResponse fetch(const HttpRequest& request) const;

private:
    template <class Use>
    static void with_abi(const HttpRequest& request, const Use& use) {
        std::vector<tappet_header> headers;
        headers.reserve(request.headers.size());
        for (const auto& [name, value] : request.headers) headers.push_back({to_text(name), to_text(value)});
        tappet_http_request out{};
        out.size = sizeof out;
        out.method = to_text(request.method);
        out.url = to_text(request.url);
        out.headers = headers.data();
        out.header_count = headers.size();
        out.body = to_text(request.body);
        out.timeout_ms = request.timeout_ms;
        out.redirects = request.redirects;
        out.max_body = request.max_body;
        if (request.authorize) out.flags |= TAPPET_HTTP_AUTHORIZE;
        use(out);
    }
    /// For want of memory there is none: what waits for it says so, on its own side of the border.
    static void keep(std::optional<HttpResponse>& response, const tappet_http_answer& answer) noexcept {
        try {
            response.emplace(answer);
        } catch (...) {
            response.reset();
        }
    }
    static HttpResponse taken(std::optional<HttpResponse>& response) {
        if (!response) throw Error::internal("no memory for the answer");
        return std::move(*response);
    }
    template <class F>
    F function(F tappet_http_v1::*member, std::string_view name) const {
        return service_function(instance_->http, member, "http/1", name);
    }

    Instance* instance_;
    std::uint64_t call_;
};

struct Http::Sending {
    Sending(Http of, HttpRequest what) : http(of), request(std::move(what)) {}
    void start(Sending* self) const {
        const auto send = http.function(&tappet_http_v1::send, "send");
        const auto done = [](void* to, const tappet_http_answer* answer) {
            auto* sending = static_cast<Sending*>(to);
            keep(sending->response, *answer);
            sending->waiting.resume();
        };
        const Http by = http;  // *this may end while send is on its way back
        with_abi(request, [&](const tappet_http_request& out) {
            send(by.instance_->host, by.call_, &out, done, self);
        });
    }
    HttpResponse take() { return taken(response); }
    Http http;
    HttpRequest request;
    std::optional<HttpResponse> response;
    std::coroutine_handle<> waiting{};
};

inline Pending<Http::Sending> Http::send(HttpRequest request) const {
    return Pending<Sending>(Sending(*this, std::move(request)));
}

inline void Http::send(const HttpRequest& request, std::function<void(HttpResponse)> done) const {
    using Kept = Callback<std::function<void(HttpResponse)>>;
    const auto start = function(&tappet_http_v1::send, "send");
    std::unique_ptr<Kept> kept(new Kept{*instance_, call_, std::move(done)});
    const auto call_back = [](void* to, const tappet_http_answer* answer) {
        Kept::run(to, [&] { return HttpResponse(*answer); });
    };
    with_abi(request, [&](const tappet_http_request& out) {
        start(instance_->host, call_, &out, call_back, kept.release());
    });
}

inline HttpResponse Http::fetch(const HttpRequest& request) const {
    std::optional<HttpResponse> response;
    const auto done = [](void* to, const tappet_http_answer* answer) {
        keep(*static_cast<std::optional<HttpResponse>*>(to), *answer);
    };
    const auto wait = function(&tappet_http_v1::fetch, "fetch");
    with_abi(request,
             [&](const tappet_http_request& out) { wait(instance_->host, call_, &out, done, &response); });
    return taken(response);
}

inline Error HttpResponse::error() const {
    switch (failure) {
        case TAPPET_HTTP_BAD_REQUEST:
            return Error::validation(message).code("http.badRequest");
        case TAPPET_HTTP_REFUSED_ADDRESS:
            return Error::forbidden(message).code("http.refusedAddress");
        case TAPPET_HTTP_RESOLVE:
            return Error::unavailable(message).code("http.resolve");
        case TAPPET_HTTP_CONNECT:
            return Error::unavailable(message).code("http.connect");
        case TAPPET_HTTP_TLS:
            return Error::unavailable(message).code("http.tls");
        case TAPPET_HTTP_TOO_LARGE:
            return Error::upstream(message).code("http.tooLarge");
        case TAPPET_HTTP_TOO_MANY_REDIRECTS:
            return Error::upstream(message).code("http.tooManyRedirects");
        case TAPPET_HTTP_TIMEOUT:
            return Error::timeout(message).code("http.timeout");
        case TAPPET_HTTP_CANCELLED:
            return Error::cancelled(message).code("http.cancelled");
        default:
            return Error::unavailable(message).code("http.protocol");
    }
}

}  // namespace tappet::sdk
