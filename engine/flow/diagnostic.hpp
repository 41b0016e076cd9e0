#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tappet::flow {

/// A place in a text. Lines and columns count from 1; columns are Unicode code points. A BOM and a CR are not
/// counted, a tab is one.
struct Position {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    friend auto operator<=>(const Position&, const Position&) = default;
};

/// From begin up to, not including, end.
struct Range {
    Position begin;
    Position end;
};

enum class Severity { error, warning };

/// Something to tell the author of a flow: what, where, and what to write instead.
struct Diagnostic {
    std::string file;
    Range range;
    Severity severity = Severity::error;
    std::string code;        ///< stable, kebab-case, listed in docs/FLOWS.md
    std::string message;     ///< one sentence
    std::string suggestion;  ///< "did you mean" replacement; empty when there is none
};

bool has_errors(const std::vector<Diagnostic>& findings);

struct RenderOptions {
    bool color = false;
};
/// file:line:col: error: message, the source line, a caret line, "did you mean" — one block a finding, as
/// compilers do.
std::string render_human(const std::vector<Diagnostic>& findings, std::string_view source,
                         const RenderOptions& options = {});
/// One finding in one line: file:line:col: error: message [code]; did you mean `…`?
std::string render_line(const Diagnostic& finding);
/// The JSON of `tappet validate --format json`: { ok, findings: […] } (PRODUCT.md section 8), for findings of
/// all files.
std::string render_json(const std::vector<Diagnostic>& findings);

}  // namespace tappet::flow
