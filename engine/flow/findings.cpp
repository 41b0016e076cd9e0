#include "flow/findings.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace tappet::flow {

void Findings::error(Range at, std::string_view code, std::string message, std::string_view suggestion) {
    found_.push_back(
        {file_, at, Severity::error, std::string(code), std::move(message), std::string(suggestion)});
}

void Findings::warning(Range at, std::string_view code, std::string message, std::string_view suggestion) {
    found_.push_back(
        {file_, at, Severity::warning, std::string(code), std::move(message), std::string(suggestion)});
}

void Findings::add(std::vector<Diagnostic> more) {
    std::move(more.begin(), more.end(), std::back_inserter(found_));
}

bool Findings::has(std::string_view code, std::size_t since) const {
    return std::any_of(found_.begin() + static_cast<std::ptrdiff_t>(since), found_.end(),
                       [&](const Diagnostic& finding) { return finding.code == code; });
}

std::vector<Diagnostic> Findings::take() {
    const auto place = [](const Diagnostic& d) {
        return std::tie(d.range.begin, d.range.end, d.code, d.message);
    };
    std::stable_sort(found_.begin(), found_.end(),
                     [&](const auto& a, const auto& b) { return a.range.begin < b.range.begin; });
    std::vector<Diagnostic> out;
    for (Diagnostic& finding : found_) {
        const bool known = std::any_of(out.rbegin(), out.rend(),
                                       [&](const Diagnostic& d) { return place(d) == place(finding); });
        if (!known) out.push_back(std::move(finding));
    }
    found_.clear();
    return out;
}

std::string choices(std::span<const std::string_view> words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
        out += "`" + std::string(words[i]) + "`";
    }
    return out;
}

}  // namespace tappet::flow
