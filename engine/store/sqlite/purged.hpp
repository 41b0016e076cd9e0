#pragma once
#include <cstdint>

namespace tappet::store::sqlite {

/// What one step of a purge did.
struct Purged {
    std::uint64_t count = 0;  ///< deleted
    bool more = false;        ///< the step's limit ended it: another one may find something
};

}  // namespace tappet::store::sqlite
