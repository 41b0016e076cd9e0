#include "flow/schema/closest.hpp"

#include <algorithm>
#include <vector>

namespace tappet::flow::schema {
namespace {

constexpr std::size_t kMaxLength = 64;  ///< longer names are not compared: the work is their product

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Edits from a to b: letters changed, added, left out, or swapped with their neighbour; case does not count.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::size_t closest_work(std::string_view name, std::size_t known) {
    return name.size() > kMaxLength ? 0 : known * name.size() * 4;
}

std::string_view closest(std::string_view name, std::span<const std::string_view> known) {
    std::string_view best;
    if (name.size() > kMaxLength) return best;
    std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
    for (std::string_view candidate : known) {
        if (candidate.size() > kMaxLength || candidate == name) continue;
        const std::size_t edits = distance(name, candidate);
        if (edits < least && edits < name.size()) {  // some letter must be right
            least = edits;
            best = candidate;
        }
    }
    return best;
}

}  // namespace tappet::flow::schema
