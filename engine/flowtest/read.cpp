#include "flowtest/read.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "flowtest/reader.hpp"

namespace tappet::flowtest {

using flow::Fields;
using flow::YamlKind;
using flow::YamlNode;
using flow::YamlPair;

namespace {

constexpr std::array<std::string_view, 5> kFileKeys{"test", "vars", "secrets", "mocks", "cases"};
constexpr std::array<std::string_view, 6> kCaseKeys{"name", "vars", "secrets", "trigger", "mocks", "expect"};

/// What all cases share stands behind what a case says itself.
template <class Named>
void add_missing(std::vector<Named>& own, const std::vector<Named>& shared) {
    for (const Named& one : shared)
        if (std::none_of(own.begin(), own.end(), [&](const Named& n) { return n.name == one.name; }))
            own.push_back(one);
}

Case read_case(SuiteReader& reader, const YamlNode& node) {
    Case out;
    out.at = node.range;
    const Fields fields(reader.findings, node, "a case", kCaseKeys);
    if (!fields.valid()) return out;
    if (fields.need("name")) out.name = fields.text("name").value_or("");
    if (const YamlPair* name = fields.get("name")) out.at = name->value.range;
    out.vars = read_settings(reader, fields.get("vars"));
    out.secrets = read_settings(reader, fields.get("secrets"));
    if (const YamlPair* events = fields.need("trigger")) out.events = read_events(reader, *events);
    out.mocks = read_mocks(reader, fields.get("mocks"));
    if (const YamlPair* expect = fields.need("expect")) out.expect = read_expectation(reader, *expect);
    return out;
}

void read_cases(SuiteReader& reader, const Fields& fields, Suite& suite) {
    const YamlPair* cases = fields.need("cases");
    if (!cases) return;
    const bool list = cases->value.is(YamlKind::sequence);
    if (!list || cases->value.items.empty()) {
        reader.findings.error(cases->value.range, "wrong-type",
                              "`cases` must be a list of at least one case, this is " +
                                  (list ? "an empty list" : std::string(kind_text(cases->value))));
        return;
    }
    const auto vars = read_settings(reader, fields.get("vars"));
    const auto secrets = read_settings(reader, fields.get("secrets"));
    auto mocks = read_mocks(reader, fields.get("mocks"));
    for (Mock& mock : mocks) mock.shared = true;
    std::set<std::string> names;
    for (const YamlNode& item : cases->value.items) {
        Case one = read_case(reader, item);
        if (!one.name.empty() && !names.insert(one.name).second)
            reader.findings.error(one.at, "name-taken", "a case of this file is called so already");
        add_missing(one.vars, vars);
        add_missing(one.secrets, secrets);
        add_missing(one.mocks, mocks);
        suite.cases.push_back(std::move(one));
    }
}

}  // namespace

std::vector<Setting> read_settings(SuiteReader& reader, const YamlPair* pair) {
    std::vector<Setting> out;
    if (!pair) return out;
    if (!pair->value.is(YamlKind::mapping)) {
        reader.findings.error(pair->value.range, "wrong-type",
                              "`" + pair->key + "` must be a map of values by name, this is " +
                                  std::string(kind_text(pair->value)));
        return out;
    }
    for (const YamlPair& one : pair->value.pairs)
        out.push_back({one.key, one.key_range, one.value.range, to_value(one.value)});
    return out;
}

ReadSuite read_suite(std::string_view file, std::string_view source, const ReadFile& fixture) {
    ReadSuite out;
    flow::YamlDocument document = flow::read_yaml(file, source);
    flow::Findings findings(file);
    const bool whole = !has_errors(document.findings);
    findings.add(std::move(document.findings));
    if (!document.root && whole)
        findings.error(flow::Range{}, "empty", "the file holds no test: it needs `test` and `cases`");
    if (!document.root || !whole) {
        out.findings = findings.take();
        return out;
    }
    Suite suite;
    suite.file = file;
    suite.root = std::make_shared<const YamlNode>(std::move(*document.root));
    SuiteReader reader{findings, fixture};
    const Fields fields(findings, *suite.root, "a test file", kFileKeys);
    if (fields.valid()) {
        if (const YamlPair* flow = fields.need("test")) {
            suite.flow = fields.text("test").value_or("");
            suite.flow_at = flow->value.range;
        }
        read_cases(reader, fields, suite);
    }
    out.findings = findings.take();
    if (fields.valid()) out.suite = std::move(suite);
    return out;
}

}  // namespace tappet::flowtest
