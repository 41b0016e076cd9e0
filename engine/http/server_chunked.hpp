#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/server_head.hpp"

namespace tappet::http::server {

/// Undoes the chunked coding of a request's body, strictly. Extensions and trailer fields are checked for
/// form, bounded together, and dropped. Pure; one per connection, used again after begin.
class ChunkedReader {
public:
    enum class Status { more, complete, refused };

    /// `limit` bounds the decoded body (413), `max_overhead` the bytes of extensions and trailers (431).
    void begin(std::uint64_t limit, std::size_t max_overhead);
    /// Takes bytes from the front of `in`, all of them unless the body is complete or refused, appends what
    /// they decode to to `body`, and says in `used` how many were taken.
    Status read(std::string_view in, std::size_t& used, std::string& body);
    const Refusal& refusal() const { return refusal_; }

private:
    enum class At {
        size_start,
        size,
        extension,
        size_end,
        data,
        data_cr,
        data_lf,
        trailer_start,
        trailer_name,
        trailer_value,
        trailer_lf,
        last_lf,
        done,
    };
    bool take(char c);
    bool take_size(char c);
    bool take_trailer(char c);
    bool take_overhead();
    bool refuse(int status, std::string_view detail);

    At at_ = At::size_start;
    std::uint64_t limit_ = 0;
    std::uint64_t decoded_ = 0;
    std::uint64_t chunk_ = 0;  ///< the size being read, then what is left of the chunk
    int digits_ = 0;
    std::size_t overhead_left_ = 0;
    Refusal refusal_;
};

}  // namespace tappet::http::server
