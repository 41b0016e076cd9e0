#pragma once
#include <span>
#include <string_view>
#include <vector>

namespace tappet {

/// How many slips (a letter too many, missing, wrong, or swapped with its neighbour) lie between two words;
/// case is none.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// For "did you mean": of `known` the name that `word` was probably meant to be, the first of equally near
/// ones; empty when none is near enough. Words of more than 64 bytes are near to none: the work is their
/// product.
std::string_view closest(std::string_view word, std::span<const std::string_view> known);
/// A measure of the work that closest() has with so many names, for who bounds his own.
std::size_t closest_work(std::string_view word, std::size_t known);

template <class Names>
std::string_view closest(std::string_view word, const Names& known) {
    const std::vector<std::string_view> views(known.begin(), known.end());
    return closest(word, std::span<const std::string_view>(views));
}

}  // namespace tappet
