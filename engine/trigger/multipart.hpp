#pragma once
#include <cstddef>
#include <string_view>

#include "base/result.hpp"
#include "expr/value.hpp"

namespace tappet::trigger {

inline constexpr std::size_t kMaxParts = 1'000;
inline constexpr std::size_t kMaxPartHead = 8'192;  ///< bytes of a part's header fields

/// A multipart/form-data body (RFC 7578) as a map by field name. A field is a string where it is UTF-8, else
/// bytes, and JSON where its part says so; a file is {filename, contentType, content}, its content bytes. A
/// name that is there several times has a list. `type` is the whole value of Content-Type, which holds the
/// boundary. Fails as invalid; the message continues a sentence: "has no …".
Result<Value> read_multipart(std::string_view type, std::string_view body);

}  // namespace tappet::trigger
