// The official JSON Schema tests against flow::Schema: `conformance_schema [DIR] [--verbose]`. Without a
// folder, or with one that is not there, the draft 7 tests of Debian's package json-schema-test-suite.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "expr/json.hpp"
#include "flow/schema/schema.hpp"

using namespace tappet;
using tappet::flow::Schema;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kDraft7 = "http://json-schema.org/draft-07/schema#";

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string text_at(const Value& value, std::string_view key) {
    const Value* found = value.find(key);
    return found && found->is(Kind::string) ? std::string(found->as_string()) : std::string();
}

/// The schema, told its draft: the suite says it by its folder alone.
Value with_draft(const Value& schema) {
    if (!schema.is(Kind::map) || schema.find("$schema")) return schema;
    std::vector<MapEntry> entries(schema.entries().begin(), schema.entries().end());
    entries.push_back({Value::string("$schema"), Value::string(kDraft7)});
    return Value::map(std::move(entries));
}

/// Whether a $ref in here names a document that the suite expects to be fetched.
bool points_outside(const Value& value) {
    if (value.is(Kind::list)) return std::any_of(value.items().begin(), value.items().end(), points_outside);
    if (!value.is(Kind::map)) return false;
    const std::string ref = text_at(value, "$ref");
    if (ref.starts_with("http://localhost:1234") || ref.starts_with("http://json-schema.org/")) return true;
    return std::any_of(value.entries().begin(), value.entries().end(),
                       [](const MapEntry& entry) { return points_outside(entry.value); });
}

struct Tally {
    int passed = 0, failed = 0;
    std::map<std::string, int> skipped;  ///< by reason
};

/// One group of the suite: a schema and the values to try.
class Group {
public:
    Group(const Value& group, const fs::path& file, bool verbose)
        : group_(group), file_(file.filename().string()), verbose_(verbose) {}

    void run(Tally& tally) const {
        const Value *source = group_.find("schema"), *tests = group_.find("tests");
        if (!source || !tests || !tests->is(Kind::list)) return fail(tally, "", "has no schema or no tests");
        if (file_ == "refRemote.json" || points_outside(*source)) {
            tally.skipped["refers to another document: schemas are not fetched"] +=
                static_cast<int>(tests->size());
            return;
        }
        std::vector<Schema::CompileError> errors;
        const auto schema = Schema::compile(with_draft(*source), errors);
        for (const Value& test : tests->items()) {
            const std::string name = text_at(test, "description");
            const Value *data = test.find("data"), *valid = test.find("valid");
            if (!data || !valid || !valid->is(Kind::boolean)) {
                fail(tally, name, "has no data or no verdict");
            } else if (!schema) {
                fail(tally, name,
                     errors.empty() ? "the schema is refused"
                                    : "the schema is refused: " + errors[0].pointer + " " + errors[0].detail);
            } else {
                verdict(tally, name, *schema, *data, valid->as_boolean());
            }
        }
    }

private:
    void verdict(Tally& tally, const std::string& name, const Schema& schema, const Value& data,
                 bool valid) const {
        const bool accepted = schema.accepts(data);
        const auto problems = schema.problems(data);
        if (accepted != problems.empty()) return fail(tally, name, "accepts() and problems() disagree");
        if (accepted != valid) return fail(tally, name, accepted ? "is accepted" : "is refused");
        ++tally.passed;
        if (!verbose_) return;
        std::printf("ok     %s: %s: %s\n", file_.c_str(), text_at(group_, "description").c_str(),
                    name.c_str());
        for (const auto& problem : problems)
            std::printf("         %s %s\n", problem.pointer.c_str(), problem.detail.c_str());
    }

    void fail(Tally& tally, const std::string& test, const std::string& why) const {
        ++tally.failed;
        std::printf("FAILED %s: %s: %s: %s\n", file_.c_str(), text_at(group_, "description").c_str(),
                    test.c_str(), why.c_str());
    }

    const Value& group_;
    const std::string file_;
    const bool verbose_;
};

Tally run_file(const fs::path& path, bool verbose) {
    Tally tally;
    const auto groups = read_json(read_file(path));
    if (!groups || !groups->is(Kind::list)) {
        std::printf("FAILED %s cannot be read\n", path.c_str());
        tally.failed = 1;
        return tally;
    }
    for (const Value& group : groups->items()) Group(group, path, verbose).run(tally);
    return tally;
}

}  // namespace

int main(int argc, char** argv) {
    const bool verbose = argc > 1 && std::string_view(argv[argc - 1]) == "--verbose";
    fs::path folder = "/usr/share/json-schema-test-suite/tests/draft7";
    if (argc > 1 && fs::is_directory(argv[1])) folder = argv[1];
    if (!fs::is_directory(folder)) {
        std::printf("skipped: the package json-schema-test-suite is not installed\n");
        return 77;
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());

    int passed = 0, failed = 0, skipped = 0;
    for (const auto& file : files) {
        const Tally tally = run_file(file, verbose);
        std::printf("%-26s %3d passed, %d failed", file.filename().c_str(), tally.passed, tally.failed);
        for (const auto& [reason, count] : tally.skipped) {
            std::printf(", %d skipped: %s", count, reason.c_str());
            skipped += count;
        }
        std::printf("\n");
        passed += tally.passed;
        failed += tally.failed;
    }
    if (fs::is_directory(folder / "optional"))
        std::printf("optional/                  skipped: format and content only annotate here\n");
    std::printf("all: %d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed == 0 && passed > 0 ? 0 : 1;
}
