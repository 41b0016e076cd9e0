#pragma once
#include <string>
#include <vector>

#include "flow/fields.hpp"
#include "flow/findings.hpp"
#include "flowtest/read.hpp"
#include "flowtest/suite.hpp"

namespace tappet::flowtest {

/// What the readers of one test file's parts share.
struct SuiteReader {
    flow::Findings& findings;
    const ReadFile& fixture;
};

std::vector<Setting> read_settings(SuiteReader& reader, const flow::YamlPair* pair);
std::vector<Mock> read_mocks(SuiteReader& reader, const flow::YamlPair* pair);
/// One event, or a list of them.
std::vector<SentEvent> read_events(SuiteReader& reader, const flow::YamlPair& pair);
Expectation read_expectation(SuiteReader& reader, const flow::YamlPair& pair);

}  // namespace tappet::flowtest
