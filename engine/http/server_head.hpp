#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace tappet::http::server {

/// Why a request is not taken: the status it is answered with and what to tell its sender. No status: it is
/// taken.
struct Refusal {
    int status = 0;
    std::string detail;
    explicit operator bool() const { return status != 0; }
};

/// What a head says about the bytes that follow it.
struct Framing {
    bool http10 = false;
    bool keep_alive = true;         ///< the sender wants to go on after the answer
    bool chunked = false;           ///< the body is chunked; length is 0 then
    std::uint64_t length = 0;       ///< bytes of body; 0 when there is none
    bool expects_continue = false;  ///< the sender waits for 100 before it sends the body
};

/// Reads request heads line by line, as strictly as Server promises: whatever two readers could understand
/// differently is refused. Pure; one per connection, used again after reset.
class HeadReader {
public:
    enum class Status { more, complete, refused };

    /// `max_bytes` bounds the request line and all fields, line ends included.
    explicit HeadReader(std::size_t max_bytes) : max_bytes_(max_bytes) { reset(); }

    /// Takes whole lines from the front of `in` and says in `used` how many bytes that were. What it leaves
    /// is an unfinished line (more), or what follows the head (complete): show it again with what arrives
    /// next.
    Status read(std::string_view in, std::size_t& used);

    /// Whether lines of a head were taken that is not complete yet.
    bool begun() const { return has_line_; }
    /// Valid once complete; the caller may move out of it.
    Request& request() { return request_; }
    const Framing& framing() const { return framing_; }
    const Refusal& refusal() const { return refusal_; }
    /// Ready for the next head.
    void reset();

private:
    bool refuse(int status, std::string_view detail);
    bool take_line(std::string_view line);
    bool take_request_line(std::string_view line);
    bool take_target(std::string_view method, std::string_view target);
    bool take_field(std::string_view line);
    bool note_field(std::string_view name, std::string_view value);
    bool take_length(std::string_view value);
    bool take_coding(std::string_view value);
    bool take_host(std::string_view value);
    void take_connection(std::string_view value);
    bool finish();
    Status check_rest(std::string_view rest);

    std::size_t max_bytes_;
    std::size_t taken_ = 0;
    Request request_;
    Framing framing_;
    Refusal refusal_;
    int hosts_ = 0;
    bool has_line_ = false;
    bool has_empty_line_ = false;
    bool has_length_ = false;
    bool says_keep_alive_ = false;
    bool says_close_ = false;
};

/// Whether the byte may stand in a token (RFC 9110): methods, field names.
bool is_token(char c);
/// Whether the byte may stand in a field value: visible, space, tab, or beyond ASCII.
bool is_field_byte(char c);

}  // namespace tappet::http::server
