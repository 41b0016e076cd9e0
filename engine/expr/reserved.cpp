#include "expr/reserved.hpp"

#include <algorithm>
#include <iterator>

#include "expr/program.hpp"

namespace tappet::expr {
namespace {

constexpr std::string_view kLiteral[] = {"true", "false", "null", "in"};
constexpr std::string_view kReserved[] = {"as",       "break",  "const",  "continue", "else", "for",
                                          "function", "if",     "import", "let",      "loop", "namespace",
                                          "package",  "return", "var",    "void",     "while"};
/// Standard functions, macros, types and the first words of the extensions' functions.
constexpr std::string_view kBuiltIn[] = {
    "all",          "base64",       "bool",        "bytes",         "cel",
    "contains",     "double",       "duration",    "dyn",           "endsWith",
    "exists",       "exists_one",   "filter",      "getDate",       "getDayOfMonth",
    "getDayOfWeek", "getDayOfYear", "getFullYear", "getHours",      "getMilliseconds",
    "getMinutes",   "getMonth",     "getSeconds",  "google",        "has",
    "int",          "list",         "lists",       "map",           "matches",
    "math",         "null_type",    "optional",    "optional_type", "size",
    "startsWith",   "string",       "strings",     "timestamp",     "type",
    "uint"};

template <class Words>
bool contains(const Words& words, std::string_view word) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

}  // namespace

bool is_literal_word(std::string_view word) { return contains(kLiteral, word); }
bool is_keyword(std::string_view word) { return contains(kLiteral, word) || contains(kReserved, word); }
bool is_reserved(std::string_view word) { return is_keyword(word) || contains(kBuiltIn, word); }

}  // namespace tappet::expr
