#include "base/closest.hpp"

#include <algorithm>
#include <cctype>

namespace tappet {
namespace {
constexpr std::size_t kMaxLength = 64;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t swap = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + swap});
            const bool crossed =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (crossed) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::size_t closest_work(std::string_view word, std::size_t known) {
    return word.size() > kMaxLength ? 0 : known * word.size() * 4;
}

std::string_view closest(std::string_view word, std::span<const std::string_view> known) {
    std::string_view best;
    if (word.size() > kMaxLength) return best;
    std::size_t least =
        std::max<std::size_t>(1, word.size() / 3) + 1;  // one slip in three letters, at least one
    for (const std::string_view candidate : known) {
        if (candidate.size() > kMaxLength || candidate == word) continue;
        const std::size_t slips = edit_distance(word, candidate);
        if (slips < least && slips < word.size()) {  // some letter must be right
            least = slips;
            best = candidate;
        }
    }
    return best;
}

}  // namespace tappet
