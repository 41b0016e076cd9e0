#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace tappet::trigger {

/// The headers of a message of Standard Webhooks: webhook-id, webhook-timestamp (seconds) and
/// webhook-signature, with one signature for each secret, so that receivers may change theirs one by one. A
/// secret is whsec_ and base64 (or that alone): HMAC, "v1"; or whsk_ and base64 of a private key of Ed25519,
/// or one as PEM: "v1a". `id` stays the same when the message is sent again, `now` is the time of the
/// attempt. Fails as invalid, without a secret in the text, where one cannot be used or the id holds a dot, a
/// control character or nothing. Pure; any thread.
Result<http::Headers> sign_standard_webhooks(std::span<const std::string> secrets, std::string_view id,
                                             TimeMs now, std::string_view body);

}  // namespace tappet::trigger
