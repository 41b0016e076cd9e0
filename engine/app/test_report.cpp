#include "app/test_report.hpp"

#include <algorithm>
#include <cstdio>

#include "app/table.hpp"
#include "base/printable.hpp"

namespace tappet::app {
namespace {

constexpr std::size_t kTimes = 24;  ///< columns of both times
constexpr std::size_t kMostMissed = 20;

std::string real_text(std::chrono::microseconds time) {
    if (time >= std::chrono::seconds(1)) return span_text(time.count() / 1000);
    char text[32];
    std::snprintf(text, sizeof text, "%.1fms", static_cast<double>(time.count()) / 1000);
    return text;
}

std::string virtual_text(std::chrono::milliseconds time) {
    constexpr std::chrono::hours kDay{24};
    if (time < kDay) return span_text(time.count());
    return std::to_string(time / kDay) + "d" + std::to_string(time % kDay / std::chrono::hours(1)) + "h";
}

std::string right(std::string_view text, std::size_t width) {
    const std::size_t own = text_width(text);
    return std::string(own < width ? width - own : 0, ' ') + std::string(text);
}

std::string counted(std::size_t n, std::string_view one) {
    return std::to_string(n) + " " + std::string(one) + (n == 1 ? "" : "s");
}

std::string case_text(const Console& console, const flowtest::SuiteResult& suite,
                      const flowtest::CaseResult& one, std::size_t width) {
    std::string out = one.passed() ? console.paint("32", "  ✔ ") : console.paint("31", "  ✘ ");
    out += padded(shortened(printable(one.name), width), width) +
           console.paint(
               "2", right(virtual_text(one.took), kTimes / 2) + right(real_text(one.real_time), kTimes / 2)) +
           "\n";
    for (const flowtest::Failure& failure : one.failures) {
        out += "      " + console.paint("31", printable(failure.path)) + "  " +
               console.paint("2", printable(suite.file) + ":" + std::to_string(failure.at.begin.line)) + "\n";
        out += "        expected  " + printable(failure.expected) + "\n";
        out += "        got       " + printable(failure.got) + "\n";
    }
    for (const std::string& note : one.notes) out += console.paint("2", "      · " + printable(note)) + "\n";
    return out;
}

std::string part_text(const std::vector<flowtest::Coverage::Point>& points) {
    return std::to_string(flowtest::hits(points)) + "/" + std::to_string(points.size());
}

std::string percent_text(double percent) {
    char text[16];
    std::snprintf(text, sizeof text, "%d%%", static_cast<int>(percent));
    return text;
}

void append_missed(std::string& out, const Console& console, const CoverageRow& row,
                   const std::vector<flowtest::Coverage::Point>& points, std::string_view kind) {
    std::size_t shown = 0;
    for (const auto& point : points) {
        if (point.hit) continue;
        if (++shown > kMostMissed) continue;
        out += console.paint("33", "  not run: ") + std::string(kind) + " " + printable(point.name) + "  " +
               console.paint("2", printable(row.file) + ":" + std::to_string(point.at.line)) + "\n";
    }
    if (shown > kMostMissed)
        out += console.paint("2", "           and " + std::to_string(shown - kMostMissed) + " more") + "\n";
}

}  // namespace

std::string suite_text(const Console& console, const flowtest::SuiteResult& suite) {
    std::size_t width = 4;
    for (const auto& one : suite.cases) width = std::max(width, text_width(printable(one.name)));
    width = std::min(width, std::max<std::size_t>(console.width, 60) - 4 - kTimes);
    std::string out = "\n" + console.paint("1", printable(suite.file));
    if (suite.cases.empty()) return out + "\n";
    const std::size_t own = text_width(printable(suite.file));
    const std::size_t pad = width + 4 > own ? width + 4 - own : 1;
    out +=
        console.paint("2", std::string(pad, ' ') + right("virtual", kTimes / 2) + right("real", kTimes / 2)) +
        "\n";
    for (const auto& one : suite.cases) out += case_text(console, suite, one, width);
    return out;
}

std::string coverage_text(const Console& console, const std::vector<CoverageRow>& rows, double least) {
    std::vector<std::vector<std::string>> cells;
    for (const CoverageRow& row : rows) {
        const double percent = row.coverage->percent();
        cells.push_back({row.coverage->plan()->flow, part_text(row.coverage->steps()),
                         part_text(row.coverage->branches()), percent_text(percent),
                         percent < least  ? "fail"
                         : percent >= 100 ? "ok"
                                          : "warn"});
    }
    std::string out = "\n" + table(console, {"FLOW", "STEPS", "BRANCHES", "RUN", "STATUS"}, cells);
    for (const CoverageRow& row : rows) {
        append_missed(out, console, row, row.coverage->steps(), "step");
        append_missed(out, console, row, row.coverage->branches(), "branch");
    }
    return out;
}

std::string totals_text(const Console& console, const flowtest::Totals& totals, bool ok) {
    std::string out = ok ? console.paint("32", "✔ ") : console.paint("31", "✘ ");
    out += counted(totals.cases, "case") + " in " + counted(totals.files, "file");
    if (totals.passed < totals.cases)
        out += ", " + console.paint("31", std::to_string(totals.cases - totals.passed) + " failed");
    if (totals.errors > 0) out += ", " + console.paint("31", counted(totals.errors, "error"));
    out += console.paint(
        "2", " · " + virtual_text(totals.took) + " of virtual time in " + real_text(totals.real_time));
    return out;
}

}  // namespace tappet::app
