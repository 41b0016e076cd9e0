#include "plugin/secrets.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace tappet::plugin {
namespace {

constexpr std::size_t kShortest = 4;

void collect(const Value& value, bool secret, std::vector<std::string>& out) {
    if (!secret && !value.holds_secret()) return;
    secret = secret || value.secret();
    switch (value.kind()) {
        case Kind::string:
        case Kind::bytes:
            if (secret && value.size() >= kShortest) out.emplace_back(value.as_string());
            break;
        case Kind::list:
            for (const Value& item : value.items()) collect(item, secret, out);
            break;
        case Kind::map:
            for (const MapEntry& entry : value.entries()) {
                if (entry.key.secret()) collect(entry.key, true, out);
                collect(entry.value, secret, out);
            }
            break;
        default:
            break;
    }
}

}  // namespace

KnownSecrets::KnownSecrets(const Value& input) {
    collect(input, false, texts_);
    const std::size_t plain = texts_.size();
    for (std::size_t i = 0; i < plain; ++i) {
        std::string encoded = percent_encode(texts_[i]);
        if (encoded != texts_[i]) texts_.push_back(std::move(encoded));
    }
    std::sort(texts_.begin(), texts_.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string KnownSecrets::redact(std::string_view text) const {
    std::string out(text);
    for (const std::string& secret : texts_) {
        static constexpr std::string_view kDots = "••••";
        for (std::size_t at = out.find(secret); at != std::string::npos;
             at = out.find(secret, at + kDots.size()))
            out.replace(at, secret.size(), kDots);
    }
    return out;
}

bool KnownSecrets::inside(std::string_view text) const {
    return std::any_of(texts_.begin(), texts_.end(),
                       [&](const auto& secret) { return text.find(secret) != std::string_view::npos; });
}

Value KnownSecrets::mark(const Value& value) const {
    if (value.secret()) return value;
    switch (value.kind()) {
        case Kind::string:
        case Kind::bytes:
            return inside(value.as_string()) ? value.as_secret() : value;
        case Kind::list: {
            std::vector<Value> items;
            bool changed = false;
            for (const Value& item : value.items()) {
                items.push_back(mark(item));
                changed = changed || items.back().holds_secret();
            }
            return changed ? Value::list(std::move(items)) : value;
        }
        case Kind::map: {
            std::vector<MapEntry> entries;
            bool changed = false;
            for (const MapEntry& entry : value.entries()) {
                entries.push_back({entry.key, mark(entry.value)});
                changed = changed || entries.back().value.holds_secret();
            }
            return changed ? Value::map(std::move(entries)) : value;
        }
        default:
            return value;
    }
}

}  // namespace tappet::plugin
