#pragma once
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace tappet {

/// Seals secrets before they leave as bytes. The associated data binds a sealed text to its place: it opens
/// only with the same. Thread-safe.
class Sealer {
public:
    virtual ~Sealer() = default;
    virtual std::string seal(std::string_view plain, std::string_view associated) const = 0;
    /// Fails as corrupt when the text was changed, moved, or sealed with another key.
    /// Whether what is sealed is the text itself: it is then read in place, without open().
    virtual bool is_open() const { return false; }
    virtual Result<std::string> open(std::string_view sealed, std::string_view associated) const = 0;
};

}  // namespace tappet
