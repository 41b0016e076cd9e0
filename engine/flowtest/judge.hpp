#pragma once
#include <vector>

#include "flowtest/play.hpp"
#include "flowtest/result.hpp"
#include "flowtest/suite.hpp"

namespace tappet::flowtest {

/// Every expectation of a case that does not hold.
std::vector<Failure> judge(const Case& played, const Played& outcome);

}  // namespace tappet::flowtest
