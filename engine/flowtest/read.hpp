#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "flow/diagnostic.hpp"
#include "flow/plan.hpp"
#include "flowtest/suite.hpp"

namespace tappet::flowtest {

/// The text of a file that a test names, by its path as it is written there.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

struct ReadSuite {
    std::optional<Suite> suite;  ///< as far as it could be read; to be played only when it is whole
    std::vector<flow::Diagnostic> findings;  ///< in order of position
    bool whole() const { return suite && !flow::has_errors(findings); }
};

/// Reads a test file strictly, as flows are read: everything that is wrong, at its place. Never throws for
/// bad input.
ReadSuite read_suite(std::string_view file, std::string_view source, const ReadFile& fixture);

/// What a test says that its flow has not: variables, triggers, steps, actions; values that a variable's
/// schema refuses, and answers that a call cannot give. Of a suite that is not whole, what could be read.
std::vector<flow::Diagnostic> fit(const Suite& suite, const flow::Plan& plan);

}  // namespace tappet::flowtest
