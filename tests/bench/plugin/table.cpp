#include "table.hpp"

#include <cstdio>
#include <fstream>
#include <vector>

#include "expr/json.hpp"

namespace tappet::bench {
namespace {

struct Row {
    const char* what;
    const char* name;  ///< of the measurement
    const char* over;  ///< of what it is compared with
    double aim;        ///< microseconds over it; 0: none
};
constexpr Row kRows[] = {
    {"in-process, 1 KB", "in-process/one/1", "work/direct/1", 1},
    {"in-process, 100 KB", "in-process/one/100", "work/direct/100", 60},
    {"isolated, 1 KB, one at a time", "isolated/one/1/real_time", "work/direct/1", 150},
    {"isolated, 1 KB, 16 in flight", "isolated/16 in flight/1/real_time", "work/direct/1", 30},
    {"isolated, 100 KB, one at a time", "isolated/one/100/real_time", "work/direct/100", 0},
    {"isolated, 100 KB, 16 in flight", "isolated/16 in flight/100/real_time", "work/direct/100", 0},
};

}  // namespace

bool print_table(const std::map<std::string, double>& medians, const std::string& json_file) {
    bool all = true;
    std::vector<Value> documents;
    std::printf("%-34s %12s %12s %12s   %-8s\n", "call", "median µs", "the work", "over it", "aim");
    for (const Row& row : kRows) {
        const auto whole = medians.find(row.name), work = medians.find(row.over);
        if (whole == medians.end() || work == medians.end()) continue;
        const double cost = whole->second - work->second;
        const bool met = row.aim == 0 || cost <= row.aim;
        all = all && met;
        char aim[32] = "-";
        if (row.aim > 0) std::snprintf(aim, sizeof aim, "≤ %.0f", row.aim);
        std::printf("%-34s %12.2f %12.2f %12.2f   %-8s %s\n", row.what, whole->second, work->second, cost,
                    aim,
                    row.aim == 0 ? ""
                    : met        ? "met"
                                 : "MISSED");
        documents.push_back(Value::object({{"row", Value::string("plugin")},
                                           {"what", Value::string(row.what)},
                                           {"unit", Value::string("µs")},
                                           {"median", Value::number(cost)},
                                           {"aim", row.aim > 0 ? Value::number(row.aim) : Value::null()},
                                           {"met", row.aim > 0 ? Value::boolean(met) : Value::null()}}));
    }
    if (!json_file.empty()) {
        std::string text;
        append_json(text, Value::list(std::move(documents)), {Secrets::redact, 2});
        std::ofstream(json_file) << text << "\n";
    }
    return all;
}

}  // namespace tappet::bench
