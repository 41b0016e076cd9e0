// Whatever text is compiled, there is a plan or an error, and every finding can be shown.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "expr/json.hpp"
#include "flow/compile.hpp"
#include "support/test_catalog.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tappet;
    static const test::TestCatalog catalog;
    const std::string_view source(reinterpret_cast<const char*>(data), size);
    const auto lines = static_cast<std::size_t>(std::count(source.begin(), source.end(), '\n')) + 1;
    flow::CompileOptions options;
    options.secret_is_set = [](std::string_view name) { return name == "TOKEN"; };
    const flow::CompiledFlow compiled = flow::compile("fuzz.yaml", source, catalog, options);
    if ((compiled.plan == nullptr) != flow::has_errors(compiled.findings)) std::abort();
    for (const flow::Diagnostic& finding : compiled.findings) {
        const auto [begin, end] = finding.range;
        if (begin.line < 1 || begin.column < 1 || begin.line > lines || end < begin) std::abort();
        if (finding.code.empty() || finding.message.empty()) std::abort();
    }
    if (!compiled.findings.empty() && flow::render_human(compiled.findings, source).empty()) std::abort();
    if (!read_json(flow::render_json(compiled.findings))) std::abort();
    return 0;
}
