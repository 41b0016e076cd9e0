#pragma once
#include <vector>

#include "expr/value.hpp"
#include "flowtest/coverage.hpp"
#include "flowtest/result.hpp"

namespace tappet::flowtest {

struct Totals {
    std::size_t files = 0, cases = 0, passed = 0;
    std::size_t errors = 0;  ///< findings that keep a file from being played
    std::chrono::milliseconds took{0};
    std::chrono::microseconds real_time{0};
    bool ok() const { return passed == cases && errors == 0; }
};
Totals totals_of(const std::vector<SuiteResult>& suites);

/// { flow, file, percent, steps: {hit, all}, branches: {hit, all}, missed: [{kind, name, line}] }
Value coverage_document(const Coverage& coverage, const std::string& file);

/// { ok, files: […], findings: […], coverage: […] or null, totals: {…} }: docs/TESTING.md has the members.
Value report_document(const std::vector<SuiteResult>& suites, const Value& coverage, bool ok);

}  // namespace tappet::flowtest
