#include "flow/yaml_lines.hpp"

#include <algorithm>

namespace tappet::flow {

Lines::Lines(std::string_view source) : source_(source) {
    begins_.push_back(source.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    for (std::size_t at = source.find('\n'); at != std::string_view::npos; at = source.find('\n', at + 1))
        begins_.push_back(at + 1);
}

Position Lines::position(std::size_t offset) const {
    offset = std::min(offset, source_.size());
    const auto next = std::upper_bound(begins_.begin(), begins_.end(), offset);
    const std::size_t line =
        next == begins_.begin() ? 0 : static_cast<std::size_t>(next - begins_.begin()) - 1;
    Position out{static_cast<std::uint32_t>(line + 1), 1};
    for (std::size_t at = begins_[line]; at < offset; ++at) {
        const auto byte = static_cast<unsigned char>(source_[at]);
        if ((byte & 0xC0) != 0x80 && byte != '\r') ++out.column;
    }
    return out;
}

std::size_t Lines::offset(std::size_t line, std::size_t column) const {
    return line < begins_.size() ? std::min(begins_[line] + column, source_.size()) : source_.size();
}

}  // namespace tappet::flow
