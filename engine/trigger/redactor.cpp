#include "trigger/redactor.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "plugin/secrets.hpp"
#include "trigger/event.hpp"
#include "trigger/unescaped.hpp"
#include "trigger/verify/signed_parts.hpp"

namespace tappet::trigger {
namespace {

constexpr std::size_t kShortestSecret = 4;
constexpr std::size_t kShortestCredential = 8;    ///< of a sender's; shorter ones may be any word
constexpr std::size_t kLongestCredential = 8192;  ///< bytes of one; longer ones are not looked for elsewhere
constexpr std::size_t kMostCredentials = 16;
constexpr std::size_t kLongestEscape = 11;  ///< bytes of one: `\u005cu002f`, of a JSON text inside a string

constexpr std::array<std::string_view, 15> kTelling{
    "signature", "token",  "secret", "passw",   "auth", "cookie",     "credential", "api-key",
    "api_key",   "apikey", "hmac",   "session", "jwt",  "access-key", "access_key"};
constexpr std::array<std::string_view, 8> kNamed{"key", "sig",  "sign",  "code",
                                                 "pwd", "pass", "x-key", "x-sign"};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// Linear, unlike string_view::find: both texts may be a stranger's.
std::size_t find(std::string_view text, std::string_view what, std::size_t from) {
    if (from > text.size()) return std::string_view::npos;
    const void* at = ::memmem(text.data() + from, text.size() - from, what.data(), what.size());
    return at ? static_cast<std::size_t>(static_cast<const char*>(at) - text.data()) : std::string_view::npos;
}

/// The inside of a JSON string.
std::string in_json(std::string_view text) {
    std::string out;
    append_json(out, Value::string(text));
    return out.substr(1, out.size() - 2);
}

/// The same text with one part in place of another, wherever it stands.
std::string replaced(std::string text, std::string_view part, std::string_view by) {
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + by.size()))
        text.replace(at, part.size(), by);
    return text;
}

}  // namespace

Redactor::Redactor(const std::vector<std::string>& secrets, const Value& settings, std::string header)
    : header_(lower(header)) {
    for (const std::string& secret : secrets) {
        add(secret);
        // "user:password" of basic, and keys that are told by their beginning, such as whsec_.
        if (const std::size_t at = secret.find_first_of(":_"); at != std::string::npos)
            add(std::string_view(secret).substr(at + 1));
    }
    const plugin::KnownSecrets known(settings);
    for (const std::string& secret : known.texts()) add(secret);
}

void Redactor::add(std::string_view secret) {
    if (secret.size() < kShortestSecret) return;
    const auto take = [this](std::string form) {
        if (std::find(texts_.begin(), texts_.end(), form) == texts_.end()) texts_.push_back(std::move(form));
    };
    take(std::string(secret));
    take(to_base64(secret));
    take(to_base64url(secret));
    if (find_invalid_utf8(secret) != std::string::npos) return;
    const std::string json = in_json(secret);
    take(json);
    take(replaced(json, "/", "\\/"));  // as PHP writes it
}

Redactor Redactor::with_credentials_of(const http::Request& request) const {
    Redactor out = *this;
    std::size_t known = 0;
    const auto take = [&](std::string_view text) {
        if (text.size() < kShortestCredential || text.size() > kLongestCredential) return;
        if (known++ < kMostCredentials) out.texts_.emplace_back(text);
    };
    for (const auto& [name, value] : request.headers.items()) {
        if (!hides(name)) continue;
        take(value);
        // "Bearer TOKEN", "sha256=HEX", "t=1,v1=HEX": the parts, too.
        for (std::string_view rest = value; !rest.empty();) {
            const std::size_t end = rest.find_first_of(" =,");
            const std::string_view part = rest.substr(0, end);
            if (part.size() != value.size()) take(part);
            if (end == std::string_view::npos) break;
            rest.remove_prefix(end + 1);
        }
    }
    return out;
}

bool Redactor::hides(std::string_view name) const {
    const std::string plain = lower(name);
    if (!header_.empty() && plain == header_) return true;
    if (is_credential(plain)) return true;
    return std::find(kNamed.begin(), kNamed.end(), plain) != kNamed.end() ||
           std::any_of(kTelling.begin(), kTelling.end(),
                       [&](std::string_view word) { return plain.find(word) != std::string::npos; });
}

/// Where secrets begin before `bytes` of which some characters are written as escapes of JSON or in percent.
void Redactor::find_escaped(std::string_view text, std::size_t bytes, Places& hidden) const {
    const auto look = [&](const Unescaped& plain) {
        const std::size_t end = plain.before(bytes);
        for (const std::string& secret : texts_) {
            const std::string_view seen = plain.text().substr(0, end + secret.size());
            for (std::size_t at = find(seen, secret, 0); at < end;
                 at = find(seen, secret, at + secret.size()))
                hidden.emplace_back(plain.from(at), plain.end(at + secret.size() - 1));
        }
    };
    const auto look_twice = [&](const Unescaped& once) {
        look(once);
        if (once.text().find('\\') != std::string::npos) look(once.again());
    };
    if (text.find('\\') != std::string_view::npos) look_twice(Unescaped(text));
    if (text.find_first_of("%+") == std::string_view::npos) return;
    for (const bool plus : {true, false}) look_twice(Unescaped::percent(text, plus));
}

std::string Redactor::text_until(std::string_view text, std::size_t bytes) const {
    bytes = std::min(bytes, text.size());
    Places hidden;
    for (const std::string& secret : texts_) {
        const std::string_view seen = text.substr(0, bytes + secret.size());
        for (std::size_t at = find(seen, secret, 0); at < bytes; at = find(seen, secret, at + secret.size()))
            hidden.emplace_back(at, at + secret.size());
    }
    if (!texts_.empty()) {
        const auto longest = std::ranges::max(texts_, {}, &std::string::size).size();
        find_escaped(text.substr(0, bytes + kLongestEscape * longest), bytes, hidden);
    }
    std::sort(hidden.begin(), hidden.end());
    std::string out;
    std::size_t shown = 0;
    for (const auto& [from, to] : hidden) {
        if (from >= shown) {
            out += text.substr(shown, from - shown);
            out += kRedacted;
        }
        shown = std::max(shown, to);
    }
    if (shown < bytes) out += text.substr(shown, bytes - shown);
    return out;
}

std::string Redactor::query(std::string_view query) const {
    std::string out;
    while (!query.empty()) {
        const bool last = query.find('&') == std::string_view::npos;
        const std::string_view parameter = take_until(query, '&');
        const std::size_t equals = parameter.find('=');
        const std::string_view name = parameter.substr(0, equals);
        const auto decoded = percent_decode(name, true);
        const bool valued = equals != std::string_view::npos;
        const auto value = valued ? percent_decode(parameter.substr(equals + 1), true) : std::nullopt;
        if (valued && (!decoded || hides(*decoded) || (value && finds_in(*value))))
            (out += text(name)).append("=").append(kRedacted);
        else
            out += text(parameter);
        if (!last) out += "&";
    }
    return out;
}

bool Redactor::finds_in(std::string_view text) const {
    const bool plain = std::any_of(texts_.begin(), texts_.end(), [&](const std::string& secret) {
        return find(text, secret, 0) != std::string_view::npos;
    });
    Places escaped;
    if (!plain) find_escaped(text, text.size(), escaped);
    return plain || !escaped.empty();
}

}  // namespace tappet::trigger
