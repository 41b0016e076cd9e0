#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace tappet::store::sqlite {

/// The smallest UUIDv7 made at a time or later. Ids have 48 bits for it: times before 1970 are its beginning.
inline Uuid first_id_at(TimeMs time) {
    constexpr std::int64_t kLast = (std::int64_t{1} << 48) - 1;
    const auto ms = static_cast<std::uint64_t>(std::clamp<std::int64_t>(time.ms, 0, kLast));
    Uuid id;
    for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
    return id;
}

}  // namespace tappet::store::sqlite
