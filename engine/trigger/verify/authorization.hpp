#pragma once
#include <optional>
#include <string_view>

namespace tappet::trigger {

/// What follows the scheme's name, in whatever case, in an Authorization header; nothing when it is another
/// scheme.
std::optional<std::string_view> after_scheme(std::string_view header, std::string_view scheme);

}  // namespace tappet::trigger
