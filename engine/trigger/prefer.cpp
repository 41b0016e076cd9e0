#include "trigger/prefer.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "trigger/media_type.hpp"

namespace tappet::trigger {
namespace {

constexpr long long kMostSeconds = 86'400;

std::optional<long long> seconds_of(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    long long out = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failed != std::errc() || end != text.data() + text.size() || out < 0) return std::nullopt;
    return std::min(out, kMostSeconds);
}

}  // namespace

std::chrono::milliseconds patience(const http::Headers& headers, std::chrono::milliseconds limit) {
    bool at_once = false;
    std::optional<long long> wait;
    for (const auto& [name, text] : headers.items()) {
        if (name != "prefer") continue;
        for (std::string_view rest = text; !rest.empty();) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            std::string_view preference = rest.substr(0, comma);
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            preference = trimmed(preference.substr(0, preference.find(';')));
            const std::size_t equals = std::min(preference.find('='), preference.size());
            const std::string_view token = trimmed(preference.substr(0, equals));
            if (http::same_name(token, "respond-async")) at_once = true;
            // Of a preference that is there twice the first counts.
            if (http::same_name(token, "wait") && !wait && equals < preference.size())
                wait = seconds_of(trimmed(preference.substr(equals + 1)));
        }
    }
    if (wait) return std::min(limit, std::chrono::milliseconds(*wait * 1'000));
    return at_once ? std::chrono::milliseconds(0) : limit;
}

}  // namespace tappet::trigger
