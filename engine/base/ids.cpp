#include "base/ids.hpp"

#include "base/encoding.hpp"

namespace tappet {

std::string Uuid::text() const {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
        out.push_back(digits[bytes[i] >> 4]);
        out.push_back(digits[bytes[i] & 15]);
    }
    return out;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Uuid id;
    std::size_t at = 0;
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            if (text[at++] != '-') return std::nullopt;
        }
        const int high = hex_digit(text[at]), low = hex_digit(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        id.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
        at += 2;
    }
    return id;
}

std::optional<Uuid> Uuid::from_bytes(std::string_view raw) {
    Uuid id;
    if (raw.size() != id.bytes.size()) return std::nullopt;
    std::memcpy(id.bytes.data(), raw.data(), raw.size());
    return id;
}

TimeMs Uuid::time() const {
    std::int64_t ms = 0;
    for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | bytes[i];
    return {ms};
}

Uuid IdSource::next() {
    constexpr std::uint32_t kCounterEnd = 1u << 26;
    const std::uint64_t random = random_.next();
    const std::int64_t now = clock_.now().ms;
    if (now > last_ms_) {
        last_ms_ = now;
        counter_ =
            static_cast<std::uint32_t>(random_.next() & 0xffffff);  // room for 50 million more in this ms
    } else if (++counter_ == kCounterEnd) {
        ++last_ms_;  // RFC 9562 section 6.2: the timestamp runs ahead rather than repeat
        counter_ = 0;
    }
    Uuid id;
    for (int i = 0; i < 6; ++i)
        id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(last_ms_ >> (40 - 8 * i));
    id.bytes[6] = static_cast<std::uint8_t>(0x70 | (counter_ >> 22 & 0x0f));
    id.bytes[7] = static_cast<std::uint8_t>(counter_ >> 14);
    id.bytes[8] = static_cast<std::uint8_t>(0x80 | (counter_ >> 8 & 0x3f));
    id.bytes[9] = static_cast<std::uint8_t>(counter_);
    for (std::size_t i = 0; i < 6; ++i) id.bytes[10 + i] = static_cast<std::uint8_t>(random >> (8 * i));
    return id;
}

}  // namespace tappet
