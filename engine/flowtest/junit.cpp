#include "flowtest/junit.hpp"

#include <algorithm>
#include <cstdio>

#include "base/encoding.hpp"

namespace tappet::flowtest {
namespace {

constexpr std::string_view kUnwritable = "\xEF\xBF\xBD";

std::string seconds(std::chrono::microseconds time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6f", static_cast<double>(time.count()) / 1e6);
    return text;
}

std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + xml_text(value) + "\"";
}

std::size_t errors_of(const SuiteResult& suite) {
    return static_cast<std::size_t>(
        std::count_if(suite.findings.begin(), suite.findings.end(),
                      [](const auto& f) { return f.severity == flow::Severity::error; }));
}

void append_case(std::string& out, const SuiteResult& suite, const CaseResult& one) {
    out += "    <testcase" + attribute("name", one.name) +
           attribute("classname", suite.flow.empty() ? suite.file : suite.flow) +
           attribute("file", suite.file) + attribute("line", std::to_string(one.at.begin.line)) +
           attribute("time", seconds(one.real_time));
    if (one.failures.empty() && one.notes.empty()) {
        out += "/>\n";
        return;
    }
    out += ">\n";
    for (const Failure& failure : one.failures)
        out += "      <failure" + attribute("message", failure.path + ": expected " + failure.expected) +
               attribute("type", "expectation") + ">" +
               xml_text(suite.file + ":" + std::to_string(failure.at.begin.line) + ":" +
                        std::to_string(failure.at.begin.column) + ": " + failure.path + ": expected " +
                        failure.expected + ", got " + failure.got) +
               "</failure>\n";
    if (!one.notes.empty()) {
        std::string notes;
        for (const std::string& note : one.notes) notes += note + "\n";
        out += "      <system-out>" + xml_text(notes) + "</system-out>\n";
    }
    out += "    </testcase>\n";
}

void append_findings(std::string& out, const SuiteResult& suite) {
    if (errors_of(suite) == 0) return;
    out += "    <testcase" + attribute("name", "is valid") + attribute("classname", suite.file) +
           attribute("file", suite.file) + attribute("time", "0") + ">\n";
    for (const flow::Diagnostic& finding : suite.findings)
        if (finding.severity == flow::Severity::error)
            out += "      <error" + attribute("message", finding.message) + attribute("type", finding.code) +
                   ">" + xml_text(flow::render_line(finding)) + "</error>\n";
    out += "    </testcase>\n";
}

}  // namespace

std::string xml_text(std::string_view given) {
    std::string text(given);
    make_utf8(text);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const std::string_view rest = std::string_view(text).substr(i);
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\n' || c == '\t' || c == '\r')
            out += "&#" + std::to_string(static_cast<int>(c)) + ";";
        else if (static_cast<unsigned char>(c) < 0x20)
            out += kUnwritable;
        else if (rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF"))
            out += kUnwritable, i += 2;
        else
            out += c;
    }
    return out;
}

std::string junit(const std::vector<SuiteResult>& suites) {
    std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tappet test\">\n";
    for (const SuiteResult& suite : suites) {
        std::size_t failed = 0;
        std::chrono::microseconds time{0};
        for (const CaseResult& one : suite.cases) {
            failed += one.passed() ? 0 : 1;
            time += one.real_time;
        }
        const std::size_t invalid = errors_of(suite) > 0 ? 1 : 0;
        out += "  <testsuite" + attribute("name", suite.file) +
               attribute("tests", std::to_string(suite.cases.size() + invalid)) +
               attribute("failures", std::to_string(failed)) + attribute("errors", std::to_string(invalid)) +
               attribute("time", seconds(time)) + ">\n";
        append_findings(out, suite);
        for (const CaseResult& one : suite.cases) append_case(out, suite, one);
        out += "  </testsuite>\n";
    }
    return out + "</testsuites>\n";
}

}  // namespace tappet::flowtest
