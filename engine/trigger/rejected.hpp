#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "expr/value.hpp"
#include "http/message.hpp"
#include "store/store.hpp"
#include "trigger/problem.hpp"
#include "trigger/redactor.hpp"

namespace tappet::trigger {

/// Which trigger refused something, when, and under which id its owner finds it: that of the answer.
struct RejectedAt {
    Uuid id;
    std::string tenant, flow, trigger;
    TimeMs time;
};

// What of a refused request is kept, bounded whatever the sender sent: names and values of headers together,
// the query, the path, sentences and places of the problem each have a cap.
inline constexpr std::size_t kMaxRejectedHeaders = 16'384;  ///< bytes, names included
inline constexpr std::size_t kMaxRejectedHeader = 512;      ///< bytes of one value
inline constexpr std::size_t kMaxRejectedText = 2'048;      ///< bytes of path, query, detail
inline constexpr std::size_t kMaxRejectedPlaces = 20;       ///< of a problem's errors
inline constexpr std::size_t kMaxRejectedHashed =
    64u * 1024;  ///< bytes of a body of which the digest is taken

/// Whether a refusal is the owner's to look at: his sender sent what cannot be taken. What passes by itself
/// (starting, draining, a full queue) is not, the hook's own rate is.
bool is_kept(const Problem& problem);

/// A request; at most the first `body` bytes of its body.
store::Rejected rejected_request(RejectedAt at, const http::Request& request, const Problem& problem,
                                 const Redactor& redactor, std::size_t body);
/// An event that `source` ("crm/new-contacts") told of.
store::Rejected rejected_event(RejectedAt at, std::string_view source, const Value& event,
                               const Problem& problem, const Redactor& redactor, std::size_t body);

}  // namespace tappet::trigger
