#pragma once
#include <cstddef>
#include <cstdint>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace tappet::store::sqlite {

/// The smallest UUIDv7 made at a time or later.
inline Uuid first_id_at(TimeMs time) {
    Uuid id;
    for (std::size_t i = 0; i < 6; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(time.ms) >> (8 * (5 - i)));
    return id;
}

}  // namespace tappet::store::sqlite
