#pragma once
#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace tappet {

/// A UUID (RFC 9562), compared as bytes: UUIDv7 sorts by time of creation.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const Uuid&, const Uuid&) = default;
    bool is_nil() const { return *this == Uuid{}; }
    /// The canonical text, 36 characters, lower case.
    std::string text() const;
    std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
    /// Reads the canonical text; nothing for anything else.
    static std::optional<Uuid> parse(std::string_view text);
    /// From exactly 16 raw bytes; nothing for another length.
    static std::optional<Uuid> from_bytes(std::string_view raw);
    /// The milliseconds a UUIDv7 carries.
    TimeMs time() const;
};

using RunId = Uuid;

/// Makes UUIDv7 ids that strictly increase, also within one millisecond and when the clock steps back.
/// One thread per object.
class IdSource {
public:
    IdSource(const Clock& clock, Random& random) : clock_(clock), random_(random) {}
    Uuid next();
    /// Ids from here on are greater than this one, though the clock is behind it.
    void follow(const Uuid& id) { last_ms_ = std::max(last_ms_, id.time().ms + 1); }

private:
    const Clock& clock_;
    Random& random_;
    std::int64_t last_ms_ = 0;
    std::uint32_t counter_ = 0;  // the 12 bits of rand_a and 14 bits below: a counter within the millisecond
};

}  // namespace tappet

template <>
struct std::hash<tappet::Uuid> {
    std::size_t operator()(const tappet::Uuid& id) const noexcept {
        std::uint64_t a = 0, b = 0;
        std::memcpy(&a, id.bytes.data(), 8);
        std::memcpy(&b, id.bytes.data() + 8, 8);
        return static_cast<std::size_t>(a * 0x9e3779b97f4a7c15ULL ^ b);
    }
};
