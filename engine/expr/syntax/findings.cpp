#include "expr/syntax/findings.hpp"

#include <algorithm>

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

Span Findings::in_code_points(Span bytes) {
    if (points_.empty()) {
        points_.reserve(source_.size() + 1);
        std::uint32_t seen = 0;
        for (const char c : source_) {
            points_.push_back(seen);
            if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++seen;
        }
        points_.push_back(seen);
    }
    const std::size_t begin = std::min<std::size_t>(bytes.begin, source_.size());
    const std::size_t end = std::min<std::size_t>(std::max(bytes.begin, bytes.end), source_.size());
    return {points_[begin], points_[end]};
}

std::vector<Finding> Findings::take() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Finding& a, const Finding& b) { return a.begin < b.begin; });
    return std::move(found_);
}

}  // namespace tappet::expr
