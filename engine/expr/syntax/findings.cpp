#include "expr/syntax/findings.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace tappet::expr {

void Findings::error(Span at, std::string_view code, std::string message, std::string suggestion) {
    ++errors_;
    add(Finding::Severity::error, at, code, std::move(message), std::move(suggestion));
}

void Findings::warning(Span at, std::string_view code, std::string message, std::string suggestion) {
    add(Finding::Severity::warning, at, code, std::move(message), std::move(suggestion));
}

void Findings::add(Finding::Severity severity, Span at, std::string_view code, std::string message,
                   std::string suggestion) {
    Finding finding;
    finding.severity = severity;
    finding.code = code;
    finding.message = std::move(message);
    finding.suggestion = std::move(suggestion);
    const Span place = in_code_points(at);
    finding.begin = place.begin;
    finding.end = std::max(place.end, place.begin + 1);
    found_.push_back(std::move(finding));
}

Span Findings::in_code_points(Span bytes) const {
    const std::size_t begin = std::min<std::size_t>(bytes.begin, source_.size());
    const std::size_t end = std::min<std::size_t>(std::max(bytes.begin, bytes.end), source_.size());
    const std::size_t before = count_code_points(source_.substr(0, begin));
    const std::size_t inside = count_code_points(source_.substr(begin, end - begin));
    return {static_cast<std::uint32_t>(before), static_cast<std::uint32_t>(before + inside)};
}

std::vector<Finding> Findings::take() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Finding& a, const Finding& b) { return a.begin < b.begin; });
    return std::move(found_);
}

}  // namespace tappet::expr
