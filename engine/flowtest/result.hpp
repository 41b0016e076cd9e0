#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "flow/diagnostic.hpp"

namespace tappet::flowtest {

/// An expectation that does not hold. Secrets are "••••" in all texts.
struct Failure {
    std::string path;      ///< "steps.enable.attempts"
    std::string expected;  ///< as JSON, or in words
    std::string got;
    flow::Range at;  ///< of the expectation
};

struct CaseResult {
    std::string name;
    flow::Range at;
    std::vector<Failure> failures;
    std::vector<std::string> notes;     ///< what is good to know, and no failure
    std::chrono::milliseconds took{0};  ///< virtual time
    std::chrono::microseconds real_time{0};
    bool passed() const { return failures.empty(); }
};

/// What has come of a test file.
struct SuiteResult {
    std::string file;
    std::string flow;  ///< its name; empty where it was not found
    std::string flow_file;
    std::vector<CaseResult> cases;
    std::vector<flow::Diagnostic> findings;  ///< of the test file, then of its flow
};

}  // namespace tappet::flowtest
