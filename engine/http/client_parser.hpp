#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/client.hpp"

namespace tappet::http {

/// Turns the bytes of one answer into a ClientResponse, without any I/O: skips informational answers, undoes
/// chunked, gzip and deflate, and stops at the cap. Ambiguous framing is an error.
class ResponseParser {
public:
    enum class State { more, done, failed };
    static constexpr std::uint32_t kMaxHead =
        64 * 1024;  ///< bytes of status line and fields, and of any one chunk line

    /// `to_head`: the answer to a HEAD request, which has no body whatever its fields say.
    ResponseParser(bool to_head, std::uint64_t max_body);
    ~ResponseParser();
    ResponseParser(const ResponseParser&) = delete;
    ResponseParser& operator=(const ResponseParser&) = delete;

    /// Reads what it can and returns how many bytes it used; the rest must be given again, with more behind
    /// it.
    std::size_t feed(std::string_view bytes);
    /// The peer has closed in good order: the end of a body that is delimited so, an error for any other.
    void end();
    State state() const;
    /// Whether any byte has been given.
    bool began() const;
    /// Whether the connection may be used again; valid once done.
    bool keep_alive() const;
    /// Why it failed; valid once failed: protocol or too_large.
    Failure::Kind failure() const;
    const std::string& message() const;
    /// The answer: complete when done, head and what came of the body when too large.
    ClientResponse& response();
    bool has_head() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tappet::http
