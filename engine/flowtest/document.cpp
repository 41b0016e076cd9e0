#include "flowtest/document.hpp"

#include <algorithm>

#include "expr/json.hpp"

namespace tappet::flowtest {
namespace {

Value number(std::size_t n) { return Value::integer(static_cast<std::int64_t>(n)); }

Value real_ms(std::chrono::microseconds time) {
    return Value::number(static_cast<double>(time.count()) / 1000);
}

Value hits_document(const std::vector<Coverage::Point>& points) {
    return Value::object({{"hit", number(hits(points))}, {"all", number(points.size())}});
}

void add_missed(const std::vector<Coverage::Point>& points, std::string_view kind, std::vector<Value>& out) {
    for (const Coverage::Point& point : points)
        if (!point.hit)
            out.push_back(Value::object({{"kind", Value::string(kind)},
                                         {"name", Value::string(point.name)},
                                         {"line", Value::integer(point.at.line)}}));
}

Value case_document(const CaseResult& one) {
    std::vector<Value> failures, notes;
    for (const Failure& failure : one.failures)
        failures.push_back(Value::object({{"path", Value::string(failure.path)},
                                          {"expected", Value::string(failure.expected)},
                                          {"got", Value::string(failure.got)},
                                          {"line", Value::integer(failure.at.begin.line)},
                                          {"column", Value::integer(failure.at.begin.column)}}));
    for (const std::string& note : one.notes) notes.push_back(Value::string(note));
    return Value::object({{"name", Value::string(one.name)},
                          {"line", Value::integer(one.at.begin.line)},
                          {"ok", Value::boolean(one.passed())},
                          {"virtualMs", Value::integer(one.took.count())},
                          {"realMs", real_ms(one.real_time)},
                          {"failures", Value::list(std::move(failures))},
                          {"notes", Value::list(std::move(notes))}});
}

Value or_null(const std::string& text) { return text.empty() ? Value::null() : Value::string(text); }

}  // namespace

Totals totals_of(const std::vector<SuiteResult>& suites) {
    Totals out;
    for (const SuiteResult& suite : suites) {
        ++out.files;
        out.errors += static_cast<std::size_t>(
            std::count_if(suite.findings.begin(), suite.findings.end(),
                          [](const auto& f) { return f.severity == flow::Severity::error; }));
        for (const CaseResult& one : suite.cases) {
            ++out.cases;
            out.passed += one.passed() ? 1 : 0;
            out.took += one.took;
            out.real_time += one.real_time;
        }
    }
    return out;
}

Value coverage_document(const Coverage& coverage, const std::string& file) {
    std::vector<Value> missed;
    add_missed(coverage.steps(), "step", missed);
    add_missed(coverage.branches(), "branch", missed);
    return Value::object({{"flow", Value::string(coverage.plan()->flow)},
                          {"file", Value::string(file)},
                          {"percent", Value::number(coverage.percent())},
                          {"steps", hits_document(coverage.steps())},
                          {"branches", hits_document(coverage.branches())},
                          {"missed", Value::list(std::move(missed))}});
}

Value report_document(const std::vector<SuiteResult>& suites, const Value& coverage, bool ok) {
    std::vector<Value> files;
    std::vector<flow::Diagnostic> findings;
    for (const SuiteResult& suite : suites) {
        std::vector<Value> cases;
        cases.reserve(suite.cases.size());
        for (const CaseResult& one : suite.cases) cases.push_back(case_document(one));
        files.push_back(Value::object({{"file", Value::string(suite.file)},
                                       {"flow", or_null(suite.flow)},
                                       {"flowFile", or_null(suite.flow_file)},
                                       {"cases", Value::list(std::move(cases))}}));
        findings.insert(findings.end(), suite.findings.begin(), suite.findings.end());
    }
    const Totals totals = totals_of(suites);
    const auto told = read_json(flow::render_json(findings));
    return Value::object({{"ok", Value::boolean(ok)},
                          {"files", Value::list(std::move(files))},
                          {"findings", *told->find("findings")},
                          {"coverage", coverage},
                          {"totals", Value::object({{"files", number(totals.files)},
                                                    {"cases", number(totals.cases)},
                                                    {"passed", number(totals.passed)},
                                                    {"failed", number(totals.cases - totals.passed)},
                                                    {"virtualMs", Value::integer(totals.took.count())},
                                                    {"realMs", real_ms(totals.real_time)}})}});
}

}  // namespace tappet::flowtest
