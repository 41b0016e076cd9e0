#pragma once
#include "expr/value.hpp"
#include "http/message.hpp"

namespace tappet::flowtest {

/// An answer as expectations see it: { status, headers, body }, header names in lower case, the body read
/// where it is JSON, null where there is none, else text or bytes.
Value response_value(const http::Response& response);

}  // namespace tappet::flowtest
