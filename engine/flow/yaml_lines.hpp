#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "flow/diagnostic.hpp"

namespace tappet::flow {

/// The lines of a text: from bytes to positions and back. A view.
class Lines {
public:
    explicit Lines(std::string_view source);
    Position position(std::size_t offset) const;
    /// The offset of a byte column (from 0) of a line (from 0); the end of the text where there is no such
    /// line.
    std::size_t offset(std::size_t line, std::size_t column) const;

private:
    std::string_view source_;
    std::vector<std::size_t> begins_;  ///< of each line; of the first after a BOM
};

}  // namespace tappet::flow
