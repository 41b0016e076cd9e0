#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace tappet::trigger {

/// The bytes of a key of HMAC that is written as Standard Webhooks do: base64, after whsec_ or alone. Nothing
/// when it is none, or empty. Any thread.
std::optional<std::string> read_standard_webhooks_key(std::string_view secret);

}  // namespace tappet::trigger
