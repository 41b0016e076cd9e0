// google/cel-spec's vectors against the expression language: `conformance_cel DIR [--verbose]`. What is
// skipped, and why, stands in one place: the table of deviations in docs/EXPRESSIONS.md, whose last column
// names the vectors.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

#include "expr/program.hpp"
#include "vectors.hpp"

using namespace tappet;
namespace fs = std::filesystem;

namespace {

struct Deviation {
    std::string pattern;  ///< an id, or the beginning of ids and a `*`
    std::string reason;
    int used = 0;

    bool covers(std::string_view id) const {
        if (!pattern.ends_with('*')) return id == pattern;
        return id.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
    }
};

std::string trimmed(std::string text) {
    text.erase(0, text.find_first_not_of(' '));
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// Rows "| what | reason | `cel/…` `cel/…` |" of the document.
std::vector<Deviation> read_deviations(const fs::path& document) {
    std::vector<Deviation> out;
    std::ifstream file(document);
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with('|') || line.find("`cel/") == std::string::npos) continue;
        const std::size_t first = line.find('|', 1), second = line.find('|', first + 1);
        if (second == std::string::npos) continue;
        const std::string reason =
            trimmed(line.substr(1, first - 1)) + ": " + trimmed(line.substr(first + 1, second - first - 1));
        for (std::size_t at = line.find("`cel/", second); at != std::string::npos;
             at = line.find("`cel/", at)) {
            const std::size_t end = line.find('`', at + 1);
            out.push_back({line.substr(at + 1, end - at - 1), reason});
            at = end + 1;
        }
    }
    return out;
}

class Bindings final : public expr::Activation {
public:
    explicit Bindings(const cel::Vector& vector) : vector_(vector) {}
    std::optional<Value> get(std::uint32_t slot) const override { return vector_.bindings[slot].second; }

private:
    const cel::Vector& vector_;
};

/// What is wrong with how a vector came out; empty when nothing is.
std::string problem(const cel::Vector& vector) {
    expr::Env env(vector.container);
    for (const auto& [name, value] : vector.bindings) env.declare(name, expr::Type::dyn());
    expr::CompileOptions options;
    options.macros = vector.macros;
    options.check = !vector.tagged("unchecked");
    const expr::Compiled compiled = compile(vector.expression, env, options);
    if (!compiled.program) {
        std::string message = "no finding";
        for (const expr::Finding& finding : compiled.findings)
            if (finding.severity == expr::Finding::Severity::error) message = finding.message;
        return vector.fails ? "" : "does not compile: " + message;
    }
    const expr::EvalResult result = compiled.program->run(Bindings(vector));
    if (vector.fails) return result.ok ? "is " + cel::describe(result.value) + ", and must fail" : "";
    if (!result.ok) return "fails: " + result.error.message;
    if (cel::same(result.value, vector.expected)) return "";
    return "is " + cel::describe(result.value) + ", not " + cel::describe(vector.expected);
}

struct Tally {
    int passed = 0, failed = 0;
    std::map<std::string, int> skipped;  ///< by reason
};

Tally run_file(const fs::path& path, std::vector<Deviation>& deviations, bool verbose) {
    Tally tally;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        if (line.empty()) continue;
        const cel::Vector vector = cel::read_vector(line);
        const auto known = std::find_if(deviations.begin(), deviations.end(),
                                        [&](const Deviation& each) { return each.covers(vector.id); });
        if (known != deviations.end()) {
            ++known->used;
            ++tally.skipped[known->reason];
            if (verbose) std::printf("skip   %s\n", vector.id.c_str());
            continue;
        }
        const std::string wrong = problem(vector);
        ++(wrong.empty() ? tally.passed : tally.failed);
        if (!wrong.empty())
            std::printf("FAILED %s: %s\n       %s\n", vector.id.c_str(), vector.expression.c_str(),
                        wrong.c_str());
        else if (verbose)
            std::printf("ok     %s\n", vector.id.c_str());
    }
    return tally;
}

}  // namespace

int main(int argc, char** argv) {
    const fs::path folder = argc > 1 ? argv[1] : "../shared/vectors/cel";
    const bool verbose = argc > 2 && std::string_view(argv[2]) == "--verbose";
    std::vector<fs::path> files;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.path().extension() == ".jsonl") files.push_back(entry.path());
    if (files.empty()) {
        std::printf("skipped: no vectors at %s\n", folder.c_str());
        return 77;
    }
    std::sort(files.begin(), files.end());
    std::vector<Deviation> deviations =
        read_deviations(fs::path(TAPPET_SOURCE_DIR) / "docs" / "EXPRESSIONS.md");
    int passed = 0, failed = 0, skipped = 0;
    for (const fs::path& path : files) {
        const Tally tally = run_file(path, deviations, verbose);
        int here = 0;
        for (const auto& [reason, count] : tally.skipped) here += count;
        std::printf("%s: %d passed, %d failed, %d skipped\n", path.stem().c_str(), tally.passed, tally.failed,
                    here);
        for (const auto& [reason, count] : tally.skipped)
            std::printf("  %d skipped: %s\n", count, reason.c_str());
        passed += tally.passed;
        failed += tally.failed;
        skipped += here;
    }
    std::printf("all: %d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed == 0 ? 0 : 1;
}
