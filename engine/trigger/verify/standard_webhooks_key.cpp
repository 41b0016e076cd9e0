#include "trigger/verify/standard_webhooks_key.hpp"

#include "base/encoding.hpp"

namespace tappet::trigger {
namespace {

/// Libraries of senders cut secrets anywhere, so that one without its padding may end in bits of a byte that
/// is not there.
std::optional<std::string> read(std::string_view text) {
    if (auto bytes = from_base64(text)) return bytes;
    if (text.size() % 4 < 2 || text.ends_with('=')) return std::nullopt;
    auto bytes = from_base64(std::string(text) + std::string(4 - text.size() % 4, 'A'));
    if (bytes) bytes->resize(text.size() * 3 / 4);
    return bytes;
}

}  // namespace

std::optional<std::string> read_standard_webhooks_key(std::string_view secret) {
    constexpr std::string_view kPrefix = "whsec_";
    if (secret.starts_with(kPrefix)) secret.remove_prefix(kPrefix.size());
    auto bytes = read(secret);
    if (bytes && bytes->empty()) bytes.reset();
    return bytes;
}

}  // namespace tappet::trigger
