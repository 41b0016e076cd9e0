// JSONTestSuite against parse_json: `conformance_json DIR [--verbose]`. Files that must parse must also print
// and read back the same; files that must be refused must be refused with a message; of the others only a
// crash is wrong.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "expr/json.hpp"

using namespace tappet;
namespace fs = std::filesystem;

namespace {

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Tally {
    int passed = 0, failed = 0;
};

/// What is wrong with how this file was taken; empty when nothing is.
std::string problem(std::string_view expect, const std::string& text) {
    const JsonParsed parsed = parse_json(text);
    if (!parsed.ok && parsed.error.message.empty()) return "refused without a message";
    if (expect == "accept" && !parsed.ok) return "refused: " + parsed.error.message;
    if (expect == "reject" && parsed.ok) return "accepted";
    if (!parsed.ok) return "";
    const auto printed = write_json(parsed.value);
    if (!printed) return "does not print: " + printed.error().message;
    const JsonParsed back = parse_json(*printed);
    return back.ok && back.value == parsed.value ? "" : "does not read back what it printed: " + *printed;
}

}  // namespace

int main(int argc, char** argv) {
    const bool verbose = argc > 2 && std::string_view(argv[2]) == "--verbose";
    const fs::path folder = argc > 1 ? argv[1] : "../shared/vectors/json";
    if (!fs::exists(folder / "manifest.json")) {
        std::printf("skipped: no vectors at %s\n", folder.c_str());
        return 77;
    }
    const auto manifest = read_json(read_file(folder / "manifest.json"));
    if (!manifest || !manifest->is(Kind::list)) {
        std::printf("manifest.json cannot be read\n");
        return 1;
    }
    Tally accept, reject, either;
    for (const Value& item : manifest->items()) {
        const Value *file = item.find("file"), *expect = item.find("expect");
        if (!file || !expect) {
            std::printf("manifest.json has an entry without file or expect\n");
            return 1;
        }
        const std::string_view kind = expect->as_string();
        const fs::path path = folder / file->as_string();
        Tally& tally = kind == "accept" ? accept : kind == "reject" ? reject : either;
        const std::string wrong = fs::exists(path) ? problem(kind, read_file(path)) : "the file is missing";
        ++(wrong.empty() ? tally.passed : tally.failed);
        if (!wrong.empty() || verbose)
            std::printf("%s %s%s%s\n", wrong.empty() ? "ok    " : "FAILED", path.filename().c_str(),
                        wrong.empty() ? "" : ": ", wrong.c_str());
    }
    std::printf("accept: %d passed, %d failed\nreject: %d passed, %d failed\neither: %d passed, %d failed\n",
                accept.passed, accept.failed, reject.passed, reject.failed, either.passed, either.failed);
    return accept.failed + reject.failed + either.failed == 0 && accept.passed > 0 ? 0 : 1;
}
