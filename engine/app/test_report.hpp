#pragma once
#include <string>
#include <vector>

#include "app/console.hpp"
#include "flowtest/document.hpp"
#include "flowtest/result.hpp"

namespace tappet::app {

/// A test file's cases as lines: marks, virtual and real time, what failed, notes.
std::string suite_text(const Console& console, const flowtest::SuiteResult& suite);
/// A table of flows with what of them the cases went through, and what they did not.
struct CoverageRow {
    std::string file;
    const flowtest::Coverage* coverage = nullptr;
};
std::string coverage_text(const Console& console, const std::vector<CoverageRow>& rows, double least);
/// The last line.
std::string totals_text(const Console& console, const flowtest::Totals& totals, bool ok);

}  // namespace tappet::app
