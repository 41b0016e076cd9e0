#include "http/server_head.hpp"

#include <array>
#include <cstring>
#include <limits>
#include <utility>

namespace tappet::http::server {
namespace {

constexpr std::size_t kMaxFields = 128;
constexpr std::size_t kMaxMethod = 32;

/// The lower case of a byte that may stand in a token, 0 for all others.
constexpr std::array<char, 256> make_token_table() {
    std::array<char, 256> table{};
    for (char c = 'a'; c <= 'z'; ++c) {
        table[static_cast<unsigned char>(c)] = c;
        table[static_cast<unsigned char>(c - 'a' + 'A')] = c;
    }
    for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = c;
    for (char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = c;
    return table;
}
constexpr std::array<char, 256> kToken = make_token_table();

char token_lower(char c) { return kToken[static_cast<unsigned char>(c)]; }

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

bool is_host_byte(char c) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || (c != '\0' && std::strchr("-._~%!$&'()*+,;=:[]", c) != nullptr);
}

const char* find(std::string_view text, char c) {
    return text.empty() ? nullptr : static_cast<const char*>(std::memchr(text.data(), c, text.size()));
}

}  // namespace

bool is_token(char c) { return token_lower(c) != 0; }

bool is_field_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

void HeadReader::reset() {
    taken_ = 0;
    request_ = Request();
    framing_ = Framing();
    refusal_ = Refusal();
    hosts_ = 0;
    has_line_ = has_empty_line_ = has_length_ = says_keep_alive_ = says_close_ = false;
}

bool HeadReader::refuse(int status, std::string_view detail) {
    refusal_.status = status;
    refusal_.detail = detail;
    return false;
}

HeadReader::Status HeadReader::read(std::string_view in, std::size_t& used) {
    used = 0;
    while (const char* end = find(in.substr(used), '\n')) {
        const auto length = static_cast<std::size_t>(end - in.data()) - used;
        std::string_view line = in.substr(used, length);
        used += length + 1;
        taken_ += length + 1;
        if (taken_ > max_bytes_) {
            refuse(431, "the request line and fields are longer than the limit");
            return Status::refused;
        }
        if (line.empty() || line.back() != '\r') {
            refuse(400, "a line ends in a bare line feed");
            return Status::refused;
        }
        line.remove_suffix(1);
        if (find(line, '\r') != nullptr) {
            refuse(400, "a line holds a bare carriage return");
            return Status::refused;
        }
        if (line.empty() && has_line_) return finish() ? Status::complete : Status::refused;
        if (!take_line(line)) return Status::refused;
    }
    return check_rest(in.substr(used));
}

HeadReader::Status HeadReader::check_rest(std::string_view rest) {
    if (taken_ + rest.size() > max_bytes_) {
        refuse(431, "the request line and fields are longer than the limit");
        return Status::refused;
    }
    const char* bare = find(rest, '\r');
    if (bare != nullptr && bare != &rest.back()) {
        refuse(400, "a line holds a bare carriage return");
        return Status::refused;
    }
    if (!has_line_ && !rest.empty() && bare != rest.data() && !is_token(rest.front())) {
        refuse(400, "this is not an HTTP request");
        return Status::refused;
    }
    return Status::more;
}

bool HeadReader::take_line(std::string_view line) {
    if (has_line_) return take_field(line);
    if (!line.empty()) return has_line_ = take_request_line(line);
    // RFC 9112 asks to overlook the line end that old senders put behind a body; one, since more are a flood.
    if (std::exchange(has_empty_line_, true)) return refuse(400, "empty lines stand before the request line");
    return true;
}

bool HeadReader::take_request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return refuse(400, "the request line is not method, target and version");
    }
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (method.empty() || method.size() > kMaxMethod) return refuse(400, "the method is not a token");
    for (char c : method) {
        if (!is_token(c)) return refuse(400, "the method is not a token");
    }
    if (version == "HTTP/1.0") {
        framing_.http10 = true;
    } else if (version != "HTTP/1.1") {
        const auto digit = [](char c) { return c >= '0' && c <= '9'; };
        const bool other = version.size() == 8 && version.substr(0, 5) == "HTTP/" && digit(version[5]) &&
                           version[6] == '.' && digit(version[7]);
        if (other) return refuse(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
        return refuse(400, "the request line has no HTTP version");
    }
    if (!take_target(method, target)) return false;
    request_.headers.reserve(8);
    request_.method = method;
    request_.target = target;
    return true;
}

bool HeadReader::take_target(std::string_view method, std::string_view target) {
    if (target == "*" && method == "OPTIONS") return true;
    if (target.empty() || target.front() != '/')
        return refuse(400, "the target is not a path that begins with '/'");
    for (char c : target) {
        if (c <= 0x20 || c == 0x7f)
            return refuse(400, "the target holds spaces, control or non-ASCII characters");
        if (c == '#') return refuse(400, "the target holds a fragment");
    }
    return true;
}

bool HeadReader::take_field(std::string_view line) {
    if (is_blank(line.front())) return refuse(400, "a field is folded over lines");
    if (request_.headers.items().size() >= kMaxFields) return refuse(431, "there are too many fields");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0)
        return refuse(400, "a field line has no name and colon");
    std::string name(colon, '\0');
    for (std::size_t i = 0; i < colon; ++i) {
        name[i] = token_lower(line[i]);
        if (name[i] != 0) continue;
        return refuse(400, is_blank(line[i]) ? "whitespace stands in or behind a field name"
                                             : "a field name is not a token");
    }
    const std::string_view value = trim(line.substr(colon + 1));
    for (char c : value) {
        if (!is_field_byte(c)) return refuse(400, "a field value holds control characters");
    }
    if (!note_field(name, value)) return false;
    request_.headers.add(std::move(name), std::string(value));
    return true;
}

bool HeadReader::note_field(std::string_view name, std::string_view value) {
    switch (name.size()) {
        case 4:
            return name != "host" || take_host(value);
        case 6:
            if (name != "expect") return true;
            if (!same_name(value, "100-continue")) return refuse(417, "only 100-continue can be expected");
            framing_.expects_continue = true;
            return true;
        case 10:
            if (name == "connection") take_connection(value);
            return true;
        case 14:
            return name != "content-length" || take_length(value);
        case 17:
            return name != "transfer-encoding" || take_coding(value);
        default:
            return true;
    }
}

bool HeadReader::take_length(std::string_view value) {
    if (std::exchange(has_length_, true)) return refuse(400, "there are several Content-Length fields");
    if (value.empty()) return refuse(400, "Content-Length is not a number");
    std::uint64_t length = 0;
    for (char c : value) {
        if (c < '0' || c > '9') return refuse(400, "Content-Length is not a number");
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (length > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) {
            return refuse(400, "Content-Length is too large a number");
        }
        length = length * 10 + digit;
    }
    framing_.length = length;
    return true;
}

bool HeadReader::take_coding(std::string_view value) {
    if (framing_.chunked) return refuse(400, "there are several Transfer-Encoding fields");
    if (!same_name(value, "chunked")) return refuse(400, "only the transfer coding chunked is known");
    framing_.chunked = true;
    return true;
}

bool HeadReader::take_host(std::string_view value) {
    if (++hosts_ > 1) return refuse(400, "there are several Host fields");
    for (char c : value) {
        if (!is_host_byte(c)) return refuse(400, "Host is not a host and port");
    }
    return true;
}

void HeadReader::take_connection(std::string_view value) {
    while (!value.empty()) {
        const std::size_t comma = value.find(',');
        const std::string_view option = trim(value.substr(0, comma));
        if (same_name(option, "close")) says_close_ = true;
        if (same_name(option, "keep-alive")) says_keep_alive_ = true;
        if (comma == std::string_view::npos) return;
        value.remove_prefix(comma + 1);
    }
}

bool HeadReader::finish() {
    if (!framing_.http10 && hosts_ == 0) return refuse(400, "the Host field is missing");
    if (framing_.chunked && has_length_)
        return refuse(400, "both Content-Length and Transfer-Encoding are given");
    if (framing_.chunked && framing_.http10) return refuse(400, "HTTP/1.0 has no Transfer-Encoding");
    framing_.keep_alive = !says_close_ && (!framing_.http10 || says_keep_alive_);
    const bool has_body = framing_.chunked || framing_.length > 0;
    framing_.expects_continue = framing_.expects_continue && has_body && !framing_.http10;
    return true;
}

}  // namespace tappet::http::server
