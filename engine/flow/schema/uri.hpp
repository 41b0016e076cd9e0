#pragma once
#include <string>
#include <string_view>

namespace tappet::flow::schema {

/// A reference resolved against a base (RFC 3986, section 5.2), both as text; fragments are kept.
std::string resolve_uri(std::string_view base, std::string_view reference);
/// "%2F" and the like undone; what is no escape stays.
std::string percent_decoded(std::string_view text);
/// A key as a token of a JSON pointer ("~" and "/" escaped).
std::string pointer_token(std::string_view key);

}  // namespace tappet::flow::schema
