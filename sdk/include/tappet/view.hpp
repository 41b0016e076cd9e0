#pragma once
#include <tappet/abi.h>
#include <tappet/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tappet::sdk {

inline std::string_view text_of(tappet_text text) {
    return text.size ? std::string_view(text.data, text.size) : std::string_view();
}
inline tappet_text to_text(std::string_view text) { return {text.data(), text.size()}; }

enum class Kind : std::uint32_t {
    null = TAPPET_NULL,
    boolean = TAPPET_BOOL,
    integer = TAPPET_INT,
    uint = TAPPET_UINT,
    number = TAPPET_DOUBLE,
    string = TAPPET_STRING,
    bytes = TAPPET_BYTES,
    list = TAPPET_LIST,
    map = TAPPET_MAP,
    timestamp = TAPPET_TIMESTAMP,
    duration = TAPPET_DURATION
};

/// Looks at a value of the engine without copying it: two words, borrowed. A call's input, and all that is
/// reached from it, lives until the call is completed. An absent value (`!view`) reads as null and has
/// nothing inside. The typed getters throw Error::validation when the value is of another kind; those with a
/// fallback never throw.
class View {
public:
    View() = default;
    View(const tappet_value* value, const tappet_values* table) : value_(value), table_(table) {}

    explicit operator bool() const { return value_ != nullptr; }
    Kind kind() const { return value_ ? static_cast<Kind>(table_->kind(value_)) : Kind::null; }
    bool is(Kind kind) const { return this->kind() == kind; }
    bool is_null() const { return is(Kind::null); }
    bool is_string() const { return is(Kind::string); }
    bool is_map() const { return is(Kind::map); }
    bool is_list() const { return is(Kind::list); }
    bool is_number() const { return is(Kind::integer) || is(Kind::uint) || is(Kind::number); }
    /// A number with an integral value that fits.
    bool is_integer() const { return whole().has_value(); }

    /// Whether this very value derives from a secret; whether it, or anything inside it, does.
    bool secret() const { return value_ && (table_->secrecy(value_) & TAPPET_SECRET_HERE); }
    bool holds_secret() const { return value_ && table_->secrecy(value_) != 0; }

    bool boolean() const {
        expect(is(Kind::boolean), "a boolean");
        return table_->as_bool(value_) != 0;
    }
    std::int64_t integer() const {
        const std::optional<std::int64_t> found = whole();
        expect(found.has_value(), "a whole number");
        return *found;
    }
    double number() const {
        switch (kind()) {
            case Kind::integer:
                return static_cast<double>(table_->as_int(value_));
            case Kind::uint:
                return static_cast<double>(table_->as_uint(value_));
            case Kind::number:
                return table_->as_double(value_);
            default:
                expect(false, "a number");
                return 0;
        }
    }
    std::string_view string() const {
        expect(is(Kind::string), "a string");
        return text_of(table_->as_text(value_));
    }
    std::string_view bytes() const {
        expect(is(Kind::bytes), "bytes");
        return text_of(table_->as_text(value_));
    }
    bool boolean_or(bool fallback) const { return is(Kind::boolean) ? boolean() : fallback; }
    std::int64_t integer_or(std::int64_t fallback) const { return whole().value_or(fallback); }
    std::string_view string_or(std::string_view fallback) const {
        return is(Kind::string) ? string() : fallback;
    }

    /// The bytes of a string or of bytes; empty for others.
    std::string_view raw() const { return value_ ? text_of(table_->as_text(value_)) : std::string_view(); }

    /// Items of a list, entries of a map, bytes of a string; 0 for others.
    std::size_t size() const { return value_ ? table_->count(value_) : 0; }
    /// The value under a key of a map; absent where there is none, or where this is no map.
    View operator[](std::string_view key) const {
        return value_ ? View(table_->find(value_, to_text(key)), table_) : View();
    }
    /// An item of a list, or the value of a map's entry, in order; absent beyond the end.
    View at(std::size_t index) const {
        if (!value_) return {};
        return {is_map() ? table_->value_at(value_, index) : table_->item(value_, index), table_};
    }
    /// The key of a map's entry.
    View key_at(std::size_t index) const {
        return value_ ? View(table_->key_at(value_, index), table_) : View();
    }

    /// As JSON. Revealed by default: for what is sent to the peer it is meant for. Throws Error::validation
    /// for NaN.
    std::string json(bool reveal_secrets = true) const {
        std::string out;
        if (!value_) return "null";
        const auto sink = [](void* to, const char* data, std::size_t size) {
            static_cast<std::string*>(to)->append(data, size);
        };
        expect(
            table_->json(value_, reveal_secrets ? TAPPET_JSON_REVEAL : TAPPET_JSON_REDACT, sink, &out) != 0,
            "representable as JSON");
        return out;
    }

    /// The number where it has an integral value that fits, else nothing.
    std::optional<std::int64_t> whole() const {
        switch (kind()) {
            case Kind::integer:
                return table_->as_int(value_);
            case Kind::uint: {
                const std::uint64_t v = table_->as_uint(value_);
                if (v <= INT64_MAX) return static_cast<std::int64_t>(v);
                return std::nullopt;
            }
            case Kind::number: {
                const double v = table_->as_double(value_);
                if (v >= -9223372036854775808.0 && v < 9223372036854775808.0 &&
                    v == static_cast<double>(static_cast<std::int64_t>(v)))
                    return static_cast<std::int64_t>(v);
                return std::nullopt;
            }
            default:
                return std::nullopt;
        }
    }
    const tappet_value* handle() const { return value_; }
    const tappet_values* table() const { return table_; }

private:
    static void expect(bool holds, const char* what) {
        if (!holds) throw Error::validation(std::string("a value must be ") + what);
    }

    const tappet_value* value_ = nullptr;
    const tappet_values* table_ = nullptr;
};

}  // namespace tappet::sdk
