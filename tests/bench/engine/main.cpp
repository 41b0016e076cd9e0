// Measures the engine from outside, with wrk as the load generator: medians and spread, against aim and
// bound.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "expr/json.hpp"
#include "rows.hpp"

namespace {

using namespace tappet;
using bench::Measure;

[[noreturn]] void usage() {
    std::cerr << "usage: bench_engine --tappet FILE --plugins FOLDER --work FOLDER [--seconds N] [--times N] "
                 "[--json FILE] [ROW…]\nrows:";
    for (const auto& name : bench::row_names()) std::cerr << " " << name;
    std::cerr << "\n";
    std::exit(2);
}

std::string number(double value, const std::string& unit) {
    char text[64];
    std::snprintf(text, sizeof text, unit == "/s" ? "%.0f" : "%.2f", value);
    return text;
}

void print(const Measure& m) {
    const auto [least, most] = std::minmax_element(m.values.begin(), m.values.end());
    const std::string spread = number(*least, m.unit) + " – " + number(*most, m.unit);
    const std::string aim = m.aim > 0 ? (m.at_most ? "≤ " : "≥ ") + number(m.aim, m.unit) : "  -";
    const std::string bound = m.bound > 0 ? number(m.bound, m.unit) : "-";
    const char* verdict = m.aim == 0 ? "" : m.met() ? "met" : "MISSED";
    std::printf("%-8s %-24s %10s %-4s %20s   %-10s %8s  %s\n", m.row.c_str(), m.what.c_str(),
                number(m.median(), m.unit).c_str(), m.unit.c_str(), spread.c_str(), aim.c_str(),
                bound.c_str(), verdict);
}

Value document(const Measure& m) {
    std::vector<Value> values;
    for (const double value : m.values) values.push_back(Value::number(value));
    return Value::object({{"row", Value::string(m.row)},
                          {"what", Value::string(m.what)},
                          {"unit", Value::string(m.unit)},
                          {"median", Value::number(m.median())},
                          {"values", Value::list(std::move(values))},
                          {"aim", m.aim > 0 ? Value::number(m.aim) : Value::null()},
                          {"bound", m.bound > 0 ? Value::number(m.bound) : Value::null()},
                          {"met", m.aim > 0 ? Value::boolean(m.met()) : Value::null()}});
}

}  // namespace

int main(int argc, char** argv) {
    bench::Setup setup;
    std::string json;
    std::vector<std::string> rows;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        if (!name.starts_with("--")) {
            rows.push_back(name);
            continue;
        }
        if (i + 1 == argc) usage();
        const std::string value = argv[++i];
        if (name == "--tappet")
            setup.tappet = value;
        else if (name == "--plugins")
            setup.plugins = value;
        else if (name == "--work")
            setup.work = value;
        else if (name == "--seconds")
            setup.seconds = std::atoi(value.c_str());
        else if (name == "--times")
            setup.times = std::atoi(value.c_str());
        else if (name == "--json")
            json = value;
        else
            usage();
    }
    if (setup.tappet.empty() || setup.plugins.empty() || setup.work.empty()) usage();
    if (rows.empty()) rows = bench::row_names();
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    std::printf("%-8s %-24s %10s %-4s %20s   %-10s %8s\n", "row", "what", "median", "", "least – most", "aim",
                "bound");
    std::vector<Value> documents;
    try {
        for (const std::string& row : rows) {
            for (const Measure& m : bench::measure(row, setup)) {
                print(m);
                documents.push_back(document(m));
            }
        }
    } catch (const std::exception& error) {
        std::cerr << "bench: " << error.what() << "\n";
        return 1;
    }
    if (json.empty()) return 0;
    std::string text;
    append_json(text, Value::list(std::move(documents)), {Secrets::redact, 2});
    std::ofstream(json) << text << "\n";
    return 0;
}
