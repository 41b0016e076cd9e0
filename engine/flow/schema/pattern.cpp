#include "flow/schema/pattern.hpp"

#include <re2/re2.h>

namespace tappet::flow::schema {

struct Pattern::Engine {
    explicit Engine(const std::string& text, const re2::RE2::Options& options) : re(text, options) {}
    re2::RE2 re;
};

namespace {

// What ECMAScript counts as space and RE2's \s does not, as members of a class.
constexpr std::string_view kSpace =
    R"(\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool four_hex(std::string_view text, std::size_t at) {
    if (at + 4 > text.size()) return false;
    for (std::size_t i = at; i < at + 4; ++i) {
        if (!is_hex(text[i])) return false;
    }
    return true;
}

struct LongName {
    std::string_view name, short_name;
};
constexpr LongName kLongNames[] = {{"Letter", "L"},
                                   {"Lowercase_Letter", "Ll"},
                                   {"Uppercase_Letter", "Lu"},
                                   {"Number", "N"},
                                   {"Decimal_Number", "Nd"},
                                   {"digit", "Nd"},
                                   {"Punctuation", "P"},
                                   {"Symbol", "S"},
                                   {"Separator", "Z"},
                                   {"Mark", "M"},
                                   {"Other", "C"}};

/// Appends one escape that begins at text[at] == '\\'; returns where it ends.
std::size_t translate_escape(std::string_view text, std::size_t at, bool in_class, std::string& out) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (next == 'u' && four_hex(text, at + 2)) {
        std::string code(text.substr(at + 2, 4));
        std::size_t end = at + 6;
        const unsigned long high = std::stoul(code, nullptr, 16);
        if (high >= 0xd800 && high < 0xdc00 && text.substr(end, 2) == "\\u" && four_hex(text, end + 2)) {
            const unsigned long low = std::stoul(std::string(text.substr(end + 2, 4)), nullptr, 16);
            constexpr char kDigits[] = "0123456789abcdef";
            const unsigned long point = 0x10000 + ((high - 0xd800) << 10) + (low & 0x3ff);
            code.clear();
            for (int shift = 20; shift >= 0; shift -= 4) code += kDigits[(point >> shift) & 15];
            end += 6;
        }
        out += "\\x{" + code + "}";
        return end;
    }
    if (next == 'c' && at + 2 < text.size()) {
        constexpr char kDigits[] = "0123456789abcdef";
        const unsigned code = static_cast<unsigned char>(text[at + 2]) & 31u;
        out += "\\x{";
        out += kDigits[code >> 4];
        out += kDigits[code & 15];
        out += "}";
        return at + 3;
    }
    if (next == 's') {
        out += in_class ? std::string(kSpace) : "[" + std::string(kSpace) + "]";
        return at + 2;
    }
    if (next == 'S' && !in_class) {
        out += "[^" + std::string(kSpace) + "]";
        return at + 2;
    }
    if (next == 'p' || next == 'P') {
        for (const auto& entry : kLongNames) {
            const std::string braced = "{" + std::string(entry.name) + "}";
            if (text.substr(at + 2, braced.size()) == braced) {
                out.append({'\\', next, '{'}).append(entry.short_name).append("}");
                return at + 2 + braced.size();
            }
        }
    }
    out += text.substr(at, 2);
    return at + 2;
}

std::string translate(std::string_view text) {
    std::string out;
    bool in_class = false;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '\\') {
            at = translate_escape(text, at, in_class, out);
            continue;
        }
        if (!in_class && (text.substr(at, 3) == "[^]" || text.substr(at, 2) == "[]")) {
            const bool anything = text[at + 1] == '^';
            out += anything ? R"([\x{0}-\x{10ffff}])" : R"([^\x{0}-\x{10ffff}])";
            at += anything ? 3 : 2;
            continue;
        }
        if (!in_class && text.substr(at, 3) == "(?<" && at + 3 < text.size() && text[at + 3] != '=' &&
            text[at + 3] != '!') {
            out += "(?P<";
            at += 3;
            continue;
        }
        if (c == '[') {
            if (in_class) out += '\\';  // a bracket inside a class is itself, never a POSIX class
            in_class = true;
        } else if (c == ']') {
            in_class = false;
        }
        out += c;
        ++at;
    }
    return out;
}

}  // namespace

Pattern::Pattern(std::string text, std::unique_ptr<const Engine> engine)
    : text_(std::move(text)), engine_(std::move(engine)) {}
Pattern::~Pattern() = default;

std::shared_ptr<const Pattern> Pattern::compile(std::string_view text, std::string& error) {
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_never_capture(true);
    auto engine = std::make_unique<const Engine>(translate(text), options);
    if (!engine->re.ok()) {
        error = "is no regular expression that can be matched in linear time: " + engine->re.error();
        for (std::string_view look : {"(?=", "(?!", "(?<=", "(?<!"}) {
            if (text.find(look) != std::string_view::npos) {
                error = "looks ahead or behind (" + std::string(look) +
                        "), which patterns cannot do here: they are matched in linear time";
                break;
            }
        }
        return nullptr;
    }
    return std::make_shared<const Pattern>(std::string(text), std::move(engine));
}

std::size_t Pattern::work(std::string_view text) const {
    return 1 + text.size() * static_cast<std::size_t>(engine_->re.ProgramSize()) / 1024;
}

bool Pattern::matches(std::string_view text) const {
    return engine_->re.Match({text.data(), text.size()}, 0, text.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

}  // namespace tappet::flow::schema
