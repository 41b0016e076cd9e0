#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tappet::schedule {

/// A field of cron texts: which numbers and names it takes.
struct FieldKind {
    std::string_view name;  ///< "minute"
    int min = 0, max = 0;
    std::span<const std::string_view> names = {};  ///< in full and small letters, the first for `min`
    std::string_view allowed;                      ///< for errors
};

/// A part of a cron text, and the column at which it begins (from 0).
struct Word {
    std::string_view text;
    std::size_t column = 0;
    Word from(std::size_t at) const { return {text.substr(at), column + at}; }
    Word until(std::size_t at) const { return {text.substr(0, at), column}; }
};

/// What is wrong with a field, where. `allowed` is what may stand there, where that is not the field's own.
struct FieldError {
    std::size_t column = 0;
    std::string what, allowed = {};
};

/// A set of numbers that grows by the items of a field.
struct FieldSet {
    std::uint64_t bits = 0;
    bool repeats = false;  ///< holds a `*`, a range or a step
};

/// Takes a word apart at each comma; an empty piece stands for itself.
std::optional<Word> next_item(Word& rest);
/// A number or a name of the field. -1 and an error where the word is neither.
int read_number(const FieldKind& kind, Word word, FieldError& error);
/// Adds `*`, `a`, `a-b`, each with a step or without one; what is wrong otherwise.
std::optional<FieldError> read_item(const FieldKind& kind, Word item, FieldSet& set);

}  // namespace tappet::schedule
