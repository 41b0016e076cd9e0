#pragma once
#include <string_view>
#include <vector>

#include "flowtest/coverage.hpp"
#include "flowtest/result.hpp"
#include "flowtest/stage.hpp"
#include "flowtest/suite.hpp"

namespace tappet::flowtest {

/// Plays the cases of a suite whose names hold `filter`, and adds what they went through to the coverage of
/// the flow that they are of. The suite fits the flow (read.hpp).
std::vector<CaseResult> run_suite(const Stage& stage, const Suite& suite, Coverage& flow,
                                  std::string_view filter);

}  // namespace tappet::flowtest
