#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/message.hpp"

namespace tappet::trigger {

/// A refusal as application/problem+json (RFC 9457), with the members of PRODUCT.md section 8.
struct Problem {
    struct Place {
        std::string pointer;  ///< JSON pointer into the body
        std::string detail;
    };
    int status = 400;
    std::string code;    ///< stable, kebab-case: "invalid-body"
    std::string detail;  ///< one sentence: what, where, what to do
    std::vector<Place> errors;
    int retry_after_s = 0;  ///< 0: no Retry-After
    std::string allow;      ///< with 405
};

inline constexpr int kRetrySoon = 1;   ///< seconds: a limit that passes by itself
inline constexpr int kRetryLater = 5;  ///< seconds: starting, stopping, storage

/// Why the runtime takes no event, or not this one, as its sender is told.
Problem refusal(const Error& why);

http::Response to_response(const Problem& problem, const std::string& request_id);

}  // namespace tappet::trigger
