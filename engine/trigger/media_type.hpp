#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace tappet::trigger {

/// Without the blanks and tabs around it, as values of headers are read.
std::string_view trimmed(std::string_view text);
/// "Application/JSON; charset=utf-8" → "application/json"
std::string media_type(std::string_view header);
/// A parameter of a header's value, such as charset, without its quotes; nothing where it is not there. Names
/// compare without case. RFC 9110 section 5.6.6.
std::optional<std::string> parameter(std::string_view header, std::string_view name);
/// application/json, text/json and anything +json, of a media type in lower case.
bool is_json(std::string_view media_type);

}  // namespace tappet::trigger
