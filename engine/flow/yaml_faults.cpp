#include "flow/yaml_faults.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/encoding.hpp"

namespace tappet::flow {
namespace {

constexpr std::string_view kBlank = " \t\r";

bool is_blank(char c) { return kBlank.find(c) != std::string_view::npos; }
bool opens(char c) { return c == '[' || c == '{' || c == '('; }
bool closes(char c) { return c == ']' || c == '}' || c == ')'; }

std::size_t end_of_line(std::string_view source, std::size_t at) {
    return std::min(source.find('\n', at), source.size());
}

/// One past the quote that closes the one at `at`; the end of the line when none does.
std::size_t skip_quotes(std::string_view line, std::size_t at) {
    const char quote = line[at];
    for (std::size_t i = at + 1; i < line.size(); ++i) {
        if (quote == '"' && line[i] == '\\')
            ++i;
        else if (line[i] == quote)
            return i + 1;
    }
    return line.size();
}

struct Start {
    std::size_t at;
    bool in_flow;  ///< inside brackets that open on this line
};

/// Where values and keys begin on a line, as far as the line alone shows.
std::vector<Start> starts_on(std::string_view line) {
    std::vector<Start> out;
    std::size_t depth = 0;
    bool expected = true;
    for (std::size_t i = 0; i < line.size();) {
        const char c = line[i];
        const bool before_blank = i + 1 == line.size() || is_blank(line[i + 1]);
        if (is_blank(c) || (expected && c == '-' && before_blank)) {
            ++i;
            continue;
        }
        if (c == '#' && (i == 0 || is_blank(line[i - 1]))) break;
        if (expected) out.push_back({i, depth > 0});
        const bool quote = expected && (c == '"' || c == '\'');
        expected = (c == ':' && before_blank) || (depth > 0 && c == ',') || (expected && opens(c));
        if (c == '[' || c == '{') ++depth;
        if ((c == ']' || c == '}') && depth > 0) --depth;
        i = quote ? skip_quotes(line, i) : i + 1;
    }
    return out;
}

/// Whether brackets that begin a value close before its line does, and more text follows.
bool goes_on_after_brackets(std::string_view text) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (opens(text[i])) ++depth;
        if (closes(text[i]) && depth > 0 && --depth == 0) {
            const std::size_t next = text.find_first_not_of(kBlank, i + 1);
            return next != std::string_view::npos && text[next] != ':';
        }
    }
    return false;
}

/// Why a value on the line of the fault should have been quoted; nothing when it need not.
std::optional<std::string> why_quoted(std::string_view source, const Start& start, std::size_t end,
                                      std::size_t fault) {
    const std::string_view text = source.substr(start.at, end - start.at);
    if (text.empty()) return std::nullopt;
    if (is_text_read_as_tag(source, start.at))
        return "YAML reads `!` at the beginning as a tag: quote the text";
    const bool is_key = text.substr(0, text.find_first_of("[{")).find(": ") != std::string_view::npos;
    const bool plain = !opens(text.front()) && text.front() != '"' && text.front() != '\'' && !is_key;
    if (text.starts_with("${{") && fault < end)
        return "YAML reads the brackets of this expression as its own: quote it";
    if (plain && start.in_flow && text.find_first_of("[]{}") != std::string_view::npos)
        return "YAML reads the brackets of this text as its own: quote it";
    if (!start.in_flow && opens(text.front()) && goes_on_after_brackets(text))
        return "YAML reads what begins with a bracket as a list or a map: quote it";
    return std::nullopt;
}

std::optional<YamlFault> unquoted(std::string_view source, std::size_t begin, std::size_t at) {
    const std::size_t end = end_of_line(source, begin);
    for (Start start : starts_on(source.substr(begin, end - begin))) {
        start.at += begin;
        if (start.at > at) break;
        const std::size_t stop = end_of_text_on_line(source, start.at, start.in_flow);
        if (auto why = why_quoted(source, start, stop, at))
            return YamlFault{start.at, stop, "quote-it", std::move(*why),
                             quoted(source.substr(start.at, stop - start.at))};
    }
    return std::nullopt;
}

/// A colon that makes the parser see a second key in one line: the text around it.
std::optional<YamlFault> colon_in_text(std::string_view source, std::size_t begin, std::size_t at) {
    const std::size_t end = end_of_line(source, begin);
    std::optional<std::size_t> value;
    for (const Start& start : starts_on(source.substr(begin, at - begin))) value = begin + start.at;
    if (!value || *value == source.find_first_not_of(" -", begin)) return std::nullopt;
    const std::size_t stop = end_of_text_on_line(source, *value, false);
    return YamlFault{at, std::min(at + 1, end), "yaml-syntax",
                     "a colon and a blank in a text make it a key: quote the text",
                     quoted(source.substr(*value, stop - *value))};
}

/// The line before the one that begins at `begin` when its text is a key in want of a colon.
std::optional<YamlFault> colon_left_out(std::string_view source, std::size_t begin, std::size_t indent) {
    if (begin == 0) return std::nullopt;
    const std::size_t before = begin < 2 ? std::string_view::npos : source.rfind('\n', begin - 2);
    const std::size_t line = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t text = source.find_first_not_of(kBlank, line);
    if (text >= begin - 1 || text - line != indent || source[text] == '-' || source[text] == '#')
        return std::nullopt;
    const std::size_t end = end_of_text_on_line(source, text, false);
    if (source.substr(text, end - text).find(':') != std::string_view::npos) return std::nullopt;
    return YamlFault{text, end, "yaml-syntax", "a key needs a colon behind it", {}};
}

}  // namespace

YamlFault explain_fault(std::string_view source, std::size_t at, const std::string& message) {
    at = std::min(at, source.size());
    const std::size_t before = at == 0 ? std::string_view::npos : source.rfind('\n', at - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    const std::size_t text = std::min(source.find_first_not_of(" \t", begin), source.size());
    const std::size_t tab = source.find('\t', begin);
    if (tab < text)
        return {tab, tab + 1, "yaml-syntax", "a tab indents this line: YAML takes spaces only", {}};
    if (auto fault = unquoted(source, begin, at)) return *fault;
    if (message == "illegal map value" && at < source.size() && source[at] == ':') {
        if (auto fault = colon_in_text(source, begin, at)) return *fault;
        if (auto fault = colon_left_out(source, begin, text - begin)) return *fault;
    }
    if (message.starts_with("unknown escape character")) {  // the parser is two bytes past it
        const std::size_t slash = at >= 2 && source[at - 2] == '\\' ? at - 2 : at;
        return {slash,
                std::min(slash + 2, source.size()),
                "yaml-syntax",
                "double quotes know no such escape: write a backslash twice, or use single quotes",
                {}};
    }
    const bool whole = find_invalid_utf8(message) == std::string_view::npos;  // the parser counts in bytes
    return {at,
            std::min(at + 1, source.size()),
            "yaml-syntax",
            "this is no YAML: " + (whole ? message : "unexpected character"),
            {}};
}

bool is_text_read_as_tag(std::string_view source, std::size_t at) {
    if (at + 1 >= source.size() || source[at] != '!') return false;
    const char next = source[at + 1];
    return next != '!' && next != '<' && next != '\n' && !is_blank(next);
}

std::size_t end_of_text_on_line(std::string_view source, std::size_t at, bool in_flow) {
    std::size_t end = end_of_line(source, at);
    std::size_t depth = 0;
    for (std::size_t i = at; i < end; ++i) {
        const char c = source[i];
        if (c == '"' || c == '\'') {
            i = at + skip_quotes(source.substr(at, end - at), i - at) - 1;
            continue;
        }
        const bool comment = c == '#' && i > at && is_blank(source[i - 1]);
        const bool over = in_flow && depth == 0 && (c == ',' || c == ']' || c == '}');
        if (comment || over) {
            end = i;
            break;
        }
        if (opens(c)) ++depth;
        if (closes(c) && depth > 0) --depth;
    }
    while (end > at && is_blank(source[end - 1])) --end;
    return end;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::size_t null_word(std::string_view source, std::size_t at) {
    for (const std::string_view word : {"null", "Null", "NULL", "~"}) {
        if (!source.substr(std::min(at, source.size())).starts_with(word)) continue;
        const std::size_t end = at + word.size();
        if (end == source.size() ||
            std::string_view(" \t\r\n,]}:").find(source[end]) != std::string_view::npos)
            return word.size();
    }
    return 0;
}

std::size_t end_of_dash(std::string_view source, std::size_t from) {
    std::size_t at = from;
    while (at < source.size()) {
        if (is_blank(source[at]) || source[at] == '\n')
            ++at;
        else if (source[at] == '#')
            at = end_of_line(source, at);
        else
            break;
    }
    return at < source.size() && source[at] == '-' ? at + 1 : from;
}

}  // namespace tappet::flow
