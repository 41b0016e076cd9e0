#include "http/client_request.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tappet::http {
namespace {

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
    });
}

bool is_value(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto u = static_cast<unsigned char>(c);
        return (u < 0x20 && c != '\t') || u == 0x7f;
    });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool expects_body(const std::string& method) {
    return method == "POST" || method == "PUT" || method == "PATCH";
}

/// Fields whose name says that they identify the sender; unknown schemes (api-key, x-auth-token) included.
bool looks_like_credential(const std::string& name) {
    if (name == "idempotency-key") return false;
    for (const char* part :
         {"auth", "cookie", "token", "key", "secret", "password", "signature", "session", "credential"})
        if (name.find(part) != std::string::npos) return true;
    return false;
}

template <class Drop>
void drop_fields(Headers& headers, Drop drop) {
    std::vector<std::string> names;
    for (const auto& [name, value] : headers.items())
        if (drop(lower(name))) names.push_back(name);
    for (const auto& name : names) headers.remove(name);
}

}  // namespace

std::optional<std::string> request_problem(const ClientRequest& request) {
    if (!is_token(request.method)) return "the method is not a token";
    if (request.method == "CONNECT") return "CONNECT is not a request to an origin";
    for (const auto& [name, value] : request.headers.items()) {
        if (!is_token(name)) return "a header name holds a character that names do not have";
        if (!is_value(value)) return fmt::format("the value of header {} holds a control character", name);
    }
    for (const char* name :
         {"transfer-encoding", "upgrade", "proxy-connection", "keep-alive", "te", "trailer"})
        if (request.headers.count(name) != 0) return fmt::format("header {} is up to the client", name);
    if (request.headers.count("host") > 1) return "header host is given twice";
    const auto length = request.headers.get("content-length");
    if (length &&
        (request.headers.count("content-length") > 1 || *length != std::to_string(request.body.size())))
        return "header content-length contradicts the body";
    return std::nullopt;
}

std::string request_head(const ClientRequest& request, const Url& url, bool absolute,
                         const std::string& user_agent) {
    std::string out;
    out.reserve(256 + url.target.size());
    const auto add = [&out](std::string_view name, std::string_view value) {
        out.append(name).append(": ").append(value).append("\r\n");
    };
    out.append(request.method).append(" ").append(absolute ? url.text() : url.target).append(" HTTP/1.1\r\n");
    const Headers& headers = request.headers;
    if (headers.count("host") == 0) add("host", url.host_field());
    for (const auto& [name, value] : headers.items()) add(name, value);
    if (headers.count("user-agent") == 0 && !user_agent.empty()) add("user-agent", user_agent);
    if (headers.count("accept-encoding") == 0) add("accept-encoding", "gzip, deflate");
    if (headers.count("content-length") == 0 && (!request.body.empty() || expects_body(request.method)))
        add("content-length", std::to_string(request.body.size()));
    out.append("\r\n");
    return out;
}

bool is_idempotent(const ClientRequest& request) {
    for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
        if (request.method == method) return true;
    return request.headers.count("idempotency-key") != 0;
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

void follow_redirect(ClientRequest& request, int status, const Url& from, const Url& to) {
    const bool was_post = request.method == "POST";
    if ((status == 303 && request.method != "HEAD") || ((status == 301 || status == 302) && was_post)) {
        request.method = "GET";
        request.body.clear();
        drop_fields(request.headers,
                    [](const std::string& n) { return n.substr(0, 8) == "content-" || n == "expect"; });
    }
    if (from.same_origin(to)) return;
    drop_fields(request.headers,
                [](const std::string& n) { return n == "host" || looks_like_credential(n); });
}

}  // namespace tappet::http
