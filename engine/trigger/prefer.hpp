#pragma once
#include <chrono>

#include "http/message.hpp"

namespace tappet::trigger {

/// How long the sender of a synchronous event waits, at most `limit`, by its Prefer header (RFC 7240):
/// `respond-async` alone not at all, `wait=N` so many seconds. What is malformed counts for nothing.
std::chrono::milliseconds patience(const http::Headers& headers, std::chrono::milliseconds limit);

}  // namespace tappet::trigger
