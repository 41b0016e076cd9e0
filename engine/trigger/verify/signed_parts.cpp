#include "trigger/verify/signed_parts.hpp"

#include <algorithm>
#include <charconv>

#include "base/encoding.hpp"

namespace tappet::trigger {

std::optional<std::string> not_once(const http::Request& request, std::string_view header) {
    const std::size_t count = request.headers.count(header);
    if (count == 1) return std::nullopt;
    return "the header " + std::string(header) + (count == 0 ? " is missing" : " is there more than once");
}

std::optional<TimeMs> read_unix_time(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    constexpr std::int64_t kFirstThatIsMilliseconds = 100'000'000'000;  // as seconds: the year 5138
    if (number >= kFirstThatIsMilliseconds) return TimeMs{number};
    return TimeMs{number * 1000};
}

std::optional<std::string> out_of_time(std::string_view header, std::string_view value, TimeMs now,
                                       std::chrono::milliseconds tolerance) {
    const auto time = read_unix_time(value);
    const std::string name = "the time of signing in the header " + std::string(header);
    if (!time) return name + " is no Unix time";
    if (std::chrono::abs(now - *time) > tolerance) return name + " is outside the tolerance";
    return std::nullopt;
}

bool is_hmac_of_any(vault::Hash hash, std::span<const std::string> keys, std::string_view message,
                    std::string_view signature) {
    bool found = false;
    for (const std::string& key : keys)
        found = equal_constant_time(vault::hmac(hash, key, message), signature) || found;
    return found;
}

std::string_view take_until(std::string_view& rest, char separator) {
    const std::size_t at = rest.find(separator);
    const std::string_view part = rest.substr(0, at);
    rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
    return part;
}

}  // namespace tappet::trigger
