#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expr/program.hpp"
#include "expr/type.hpp"
#include "expr/value.hpp"

namespace tappet::expr {

/// What a run may still spend, and why it failed. One per run; not shared.
class Meter {
public:
    /// `activation`: of the run, asked for more to say when a key is missing; null for none.
    Meter(std::uint64_t cost, std::uint64_t bytes, const Activation* activation = nullptr)
        : left_(cost), cost_(cost), bytes_(bytes), activation_(activation) {}

    /// Takes units of work; false (and a final failure) when the budget is gone.
    bool spend(std::uint64_t units) {
        if (units <= left_) {
            left_ -= units;
            return true;
        }
        return broke();
    }
    /// As spend, for walking over that many bytes.
    bool spend_bytes(std::size_t bytes) { return spend(bytes / 10); }
    /// As spend, for hashing or comparing the key of a map.
    bool spend_key(const Value& key) {
        return (!key.is(Kind::string) && !key.is(Kind::bytes)) || spend_bytes(key.size());
    }
    /// Whether a result may have so many bytes; false (and a final failure) when not.
    bool fits(std::size_t bytes);
    /// Spends what comparing or walking over a whole value costs; stops at the budget's end.
    bool spend_deep(const Value& value);

    Value fail(std::string message);
    std::optional<std::string> why_absent(const Value& map, const Value& key) const {
        return activation_ ? activation_->why_absent(map, key) : std::nullopt;
    }
    std::uint64_t spent() const { return cost_ - left_; }
    bool failed() const { return failed_; }
    bool final() const { return final_; }  ///< no `||` may absorb it
    std::string take_message() { return std::move(message_); }
    void clear() { failed_ = false; }

private:
    bool broke();
    std::uint64_t left_;
    std::uint64_t cost_;
    std::uint64_t bytes_;
    const Activation* activation_;
    bool failed_ = false;
    bool final_ = false;
    std::string message_;
};

/// One call of a function while an expression runs.
struct Call {
    std::span<Value> arguments;  ///< the target first, if there is one; may be moved from
    Meter& meter;
    const struct Function& function;

    Value& operator[](std::size_t i) { return arguments[i]; }
    std::size_t size() const { return arguments.size(); }
    Kind kind(std::size_t i) const { return arguments[i].kind(); }
    Value fail(std::string message) { return meter.fail(std::move(message)); }
    Value no_overload();  ///< fails naming the function and the kinds of its arguments
};

/// Implementations fail through the call and may then return anything. Secret marks are the caller's
/// business.
using Implementation = Value (*)(Call& call);

/// Argument and result types of one overload, in letters:
///   b i u d s y t r T n  bool int uint double string bytes timestamp duration type null      v  anything
///   N  any number    L  any list    M  any map    O  any optional    S  list of strings   I  list of ints
/// and for results also:  =  the type of the first argument    #  its element    o  optional of the first
/// argument
///   ?  optional of its element    +  its element, or what the second argument is    l  list of the first
///   argument &  what any of the arguments is
/// "s.s>b": target, arguments, result. "s,s>b": no target. A `*` after the last argument: any number of
/// those.
struct Function {
    std::string_view name;        ///< with its namespace: "math.least"
    bool member;                  ///< called on a target
    std::string_view signatures;  ///< separated by spaces
    Implementation implementation;
    bool shallow = false;  ///< does not look into lists and maps: marks inside do not spread to the result
};

struct Signature {
    std::vector<Type> arguments;  ///< the target first
    bool variadic = false;
    char result = 'v';
};

/// The function of that name, or null.
const Function* find_function(std::string_view name, bool member);
/// Every name, for "did you mean".
std::vector<std::string_view> function_names(bool member);
/// Whether a word is the first part of a function's name: "math" of "math.least".
bool is_function_namespace(std::string_view word);
std::vector<Signature> read_signatures(const Function& function);
/// The type of a result letter, given the arguments' types.
Type result_type(char letter, const std::vector<Type>& arguments);

/// A value as a message may show it: short, and never a secret.
std::string shown(const Value& value);
/// "an int", "a list": a kind as a message says it.
std::string_view named(Kind kind);

// The tables, one per file.
std::span<const Function> core_functions();
std::span<const Function> conversion_functions();
std::span<const Function> string_functions();
std::span<const Function> format_functions();
std::span<const Function> list_functions();
std::span<const Function> math_functions();
std::span<const Function> time_functions();
std::span<const Function> optional_functions();
std::span<const Function> encoder_functions();

}  // namespace tappet::expr
