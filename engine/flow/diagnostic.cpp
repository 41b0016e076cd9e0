#include "flow/diagnostic.hpp"

#include <algorithm>

#include "base/printable.hpp"
#include "expr/json.hpp"

namespace tappet::flow {
namespace {

std::string_view line_of(std::string_view source, std::uint32_t line) {
    for (; line > 1; --line) {
        const std::size_t end = source.find('\n');
        if (end == std::string_view::npos) return {};
        source.remove_prefix(end + 1);
    }
    source = source.substr(0, source.find('\n'));
    if (source.ends_with('\r')) source.remove_suffix(1);
    if (source.starts_with("\xEF\xBB\xBF")) source.remove_prefix(3);
    return source;
}

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

std::string_view severity_text(Severity severity) {
    return severity == Severity::error ? "error" : "warning";
}

const char* color_of(Severity severity) { return severity == Severity::error ? "1;31" : "1;33"; }

struct Paint {
    bool on;
    std::string operator()(std::string_view code, std::string_view text) const {
        return on ? "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m" : std::string(text);
    }
};

void append_heading(std::string& out, const Diagnostic& finding, const Paint& paint) {
    const Position& begin = finding.range.begin;
    out += paint("1", printable(finding.file) + ":" + std::to_string(begin.line) + ":" +
                          std::to_string(begin.column) + ":") +
           " ";
    out += paint(color_of(finding.severity), std::string(severity_text(finding.severity)) + ":") + " " +
           printable(finding.message);
    out += paint("2", " [" + finding.code + "]");
}

void append_block(std::string& out, const Diagnostic& finding, std::string_view source, const Paint& paint) {
    const Position& begin = finding.range.begin;
    append_heading(out, finding, paint);
    out += "\n";
    const std::string_view line = line_of(source, begin.line);
    const std::size_t width = code_points(line);
    if (!line.empty() && begin.column <= width + 1) {
        const std::string number = std::to_string(begin.line);
        std::size_t marks = 1;
        if (finding.range.end.line == begin.line && finding.range.end.column > begin.column)
            marks = std::min<std::size_t>(finding.range.end.column - begin.column,
                                          width + 1 - (begin.column - 1));
        else if (finding.range.end.line > begin.line && width >= begin.column)
            marks = width - begin.column + 1;
        std::string caret(std::max<std::size_t>(marks, 1), '~');
        caret[0] = '^';
        out += "  " + number + " | " + printable(line) + "\n";
        out += "  " + std::string(number.size(), ' ') + " | " + std::string(begin.column - 1, ' ') +
               paint(color_of(finding.severity), caret) + "\n";
    }
    if (!finding.suggestion.empty()) out += "  did you mean `" + printable(finding.suggestion) + "`?\n";
}

}  // namespace

bool has_errors(const std::vector<Diagnostic>& findings) {
    return std::any_of(findings.begin(), findings.end(),
                       [](const Diagnostic& finding) { return finding.severity == Severity::error; });
}

std::string render_human(const std::vector<Diagnostic>& findings, std::string_view source,
                         const RenderOptions& options) {
    std::string out;
    for (const Diagnostic& finding : findings) append_block(out, finding, source, Paint{options.color});
    return out;
}

std::string render_line(const Diagnostic& finding) {
    std::string out;
    append_heading(out, finding, Paint{false});
    if (!finding.suggestion.empty()) out += "; did you mean `" + printable(finding.suggestion) + "`?";
    return out;
}

std::string render_json(const std::vector<Diagnostic>& findings) {
    std::vector<Value> items;
    items.reserve(findings.size());
    for (const Diagnostic& f : findings) {
        items.push_back(Value::object(
            {{"file", Value::string(f.file)},
             {"line", Value::integer(f.range.begin.line)},
             {"column", Value::integer(f.range.begin.column)},
             {"endLine", Value::integer(f.range.end.line)},
             {"endColumn", Value::integer(f.range.end.column)},
             {"severity", Value::string(severity_text(f.severity))},
             {"code", Value::string(f.code)},
             {"message", Value::string(f.message)},
             {"suggestion", f.suggestion.empty() ? Value::null() : Value::string(f.suggestion)}}));
    }
    std::string out;
    append_json(out,
                Value::object({{"ok", Value::boolean(!has_errors(findings))},
                               {"findings", Value::list(std::move(items))}}),
                {Secrets::redact, 2});
    return out;
}

}  // namespace tappet::flow
