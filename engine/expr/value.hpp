#pragma once
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet {

/// What a Value holds. The order is stable: it is also the tag in the journal and at the plugin border.
enum class Kind : std::uint8_t {
    null,
    boolean,
    integer,
    uint,
    number,
    string,
    bytes,
    list,
    map,
    timestamp,
    duration,
    type,
    optional
};

struct MapEntry;

/// The engine's one value: payloads, step results, expression operands, action inputs.
///
/// Immutable, 16 bytes, cheap to copy (strings, lists and maps are shared by an atomic count), safe to read
/// from any thread. Carries a secret mark that survives every operation: secret() says that this very value
/// derives from a secret, holds_secret() that it or anything inside does. Timestamps and durations are
/// seconds and nanoseconds (0 <= nanos < 1e9 for timestamps; the sign of both parts agrees for durations), as
/// in protobuf.
class Value {
public:
    Value() noexcept;  ///< null
    Value(const Value& other) noexcept;
    Value(Value&& other) noexcept;
    Value& operator=(const Value& other) noexcept;
    Value& operator=(Value&& other) noexcept;
    ~Value();

    static Value null() noexcept { return {}; }
    static Value boolean(bool v) noexcept;
    static Value integer(std::int64_t v) noexcept;
    static Value uint(std::uint64_t v) noexcept;
    static Value number(double v) noexcept;
    static Value string(std::string_view v);
    static Value bytes(std::string_view v);
    static Value timestamp(std::int64_t seconds, std::int32_t nanos) noexcept;
    static Value duration(std::int64_t seconds, std::int32_t nanos) noexcept;
    /// A CEL type value by its name, such as "int" or "google.protobuf.Timestamp".
    static Value type(std::string_view name);
    static Value list(std::vector<Value> items);
    /// Keys are string, integer, uint or boolean; of equal keys the last counts, at the place of the first.
    /// Order of entries is kept.
    static Value map(std::vector<MapEntry> entries);
    static Value object(std::initializer_list<std::pair<std::string_view, Value>> members);
    /// CEL's optional: one with a value, or none.
    static Value some(Value v);
    static Value none();

    Kind kind() const noexcept { return kind_; }
    bool is(Kind k) const noexcept { return kind() == k; }
    bool is_null() const noexcept { return is(Kind::null); }

    // Each expects the kind it names.
    bool as_boolean() const noexcept { return boolean_; }
    std::int64_t as_integer() const noexcept { return integer_; }
    std::uint64_t as_uint() const noexcept { return uint_; }
    double as_number() const noexcept { return number_; }
    std::string_view as_string()
        const noexcept;  ///< also of bytes and of a type's name; lives as long as the value
    std::int64_t seconds() const noexcept { return integer_; }  ///< of a timestamp or duration
    std::int32_t nanos() const noexcept { return nanos_; }
    std::span<const Value> items() const noexcept;       ///< of a list
    std::span<const MapEntry> entries() const noexcept;  ///< of a map, in order
    const Value* optional_value() const noexcept;        ///< of an optional; null when none

    /// The number of items, entries, or bytes of a string; 0 for others.
    std::size_t size() const noexcept;
    /// The value under a string key of a map; null pointer where this is no map or has no such key. O(1) for
    /// large maps.
    const Value* find(std::string_view key) const noexcept;
    /// The value under any key by CEL equality (1, 1u and 1.0 are one key).
    const Value* find(const Value& key) const noexcept;
    /// The value at a path of keys and decimal indexes, such as {"items","0","id"}; null pointer when absent.
    const Value* at(std::span<const std::string_view> path) const noexcept;

    bool secret() const noexcept;
    bool holds_secret() const noexcept;
    /// This value with the secret mark on it (a map or list keeps the marks inside too).
    Value as_secret() const;

    /// CEL equality across numeric kinds, deep; NaN differs from itself. The mark plays no part.
    friend bool operator==(const Value& a, const Value& b);

    /// A bound on the memory this value keeps alive, in bytes; shared parts count in full.
    std::size_t footprint() const noexcept;

    struct Node;  // shared storage of strings, lists and maps; defined in value.cpp

private:
    Kind kind_;
    std::uint8_t flags_;
    std::int32_t nanos_;
    union {
        bool boolean_;
        std::int64_t integer_;
        std::uint64_t uint_;
        double number_;
        Node* node_;
    };
};
static_assert(sizeof(Value) == 16);

struct MapEntry {
    Value key;
    Value value;
};

/// The name of a kind as CEL's type() gives it: "int", "string", "google.protobuf.Timestamp", …
std::string_view type_name(const Value& value);

}  // namespace tappet
