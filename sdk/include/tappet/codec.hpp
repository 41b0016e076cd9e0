#pragma once
#include <tappet/json.hpp>
#include <tappet/json_text.hpp>
#include <tappet/view.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tappet::sdk {

/// Where a value stands in what a flow gave, for messages: a chain on the stack, made into text only when
/// something is wrong. Keys are borrowed.
class Place {
public:
    explicit Place(std::string_view root) : key_(root) {}
    Place inside(std::string_view key) const { return {this, key, kNoIndex}; }
    Place at(std::size_t index) const { return {this, {}, index}; }

    /// with.items[2].price
    std::string text() const {
        if (!parent_) return std::string(key_);
        if (index_ != kNoIndex) return parent_->text() + "[" + std::to_string(index_) + "]";
        return parent_->text() + "." + std::string(key_);
    }
    /// "with.items[2].price must be a number"
    [[noreturn]] void must_be(std::string_view what) const {
        throw Error::validation(text() + " must be " + std::string(what));
    }

private:
    static constexpr std::size_t kNoIndex = SIZE_MAX;
    Place(const Place* parent, std::string_view key, std::size_t index)
        : parent_(parent), key_(key), index_(index) {}
    const Place* parent_ = nullptr;
    std::string_view key_;
    std::size_t index_ = kNoIndex;
};

/// Where results go: a builder of the engine's, or of text.
struct Out {
    Out(const tappet_builders* table, tappet_builder* builder) : to(table), b(builder) {}
    const tappet_builders* to;
    tappet_builder* b;
};

/// A schema that is being written.
struct SchemaWalk {
    bool of_results = false;        ///< results have what inputs may leave to a fallback
    std::vector<const void*> open;  ///< the structs it is inside of, so that one inside itself ends
};

/// How a type is read from the engine's values, written to them, and said in JSON Schema. Known are bool,
/// integers, floating point, std::string, std::string_view (borrowed from the input), std::optional,
/// std::vector, std::map with string keys, View and Json for anything, and what fields.hpp describes:
/// structs and enums.
template <class T>
struct Codec;

template <>
struct Codec<bool> {
    static JsonMembers schema(SchemaWalk&) { return JsonMembers().put("type", "\"boolean\""); }
    static bool read(View view, const Place& place) {
        if (!view.is(Kind::boolean)) place.must_be("true or false");
        return view.boolean();
    }
    static void write(bool value, const Out& out) { out.to->put_bool(out.b, value); }
};

template <std::integral T>
struct Codec<T> {
    static JsonMembers schema(SchemaWalk&) {
        JsonMembers out;
        out.put("type", "\"integer\"");
        // What is not said here would fail at run time alone. 64 bits with a sign are all that integers have.
        if constexpr (std::unsigned_integral<T>) out.put("minimum", "0");
        if constexpr (sizeof(T) < sizeof(std::int64_t))
            out.put("minimum", json_number(std::int64_t{std::numeric_limits<T>::min()}))
                .put("maximum", json_number(std::int64_t{std::numeric_limits<T>::max()}));
        return out;
    }
    static T read(View view, const Place& place) {
        if constexpr (sizeof(T) == sizeof(std::uint64_t) && std::unsigned_integral<T>)
            if (view.is(Kind::uint)) return view.table()->as_uint(view.handle());
        const std::optional<std::int64_t> whole = view.whole();
        if (!whole) place.must_be("a whole number");
        if (!std::in_range<T>(*whole))
            place.must_be("between " + std::to_string(std::numeric_limits<T>::min()) + " and " +
                          std::to_string(std::numeric_limits<T>::max()));
        return static_cast<T>(*whole);
    }
    static void write(T value, const Out& out) {
        if (std::in_range<std::int64_t>(value))
            return out.to->put_int(out.b, static_cast<std::int64_t>(value));
        out.to->put_uint(out.b, static_cast<std::uint64_t>(value));
    }
};

template <std::floating_point T>
struct Codec<T> {
    static JsonMembers schema(SchemaWalk&) { return JsonMembers().put("type", "\"number\""); }
    static T read(View view, const Place& place) {
        if (!view.is_number()) place.must_be("a number");
        return static_cast<T>(view.number());
    }
    static void write(T value, const Out& out) { out.to->put_double(out.b, static_cast<double>(value)); }
};

template <>
struct Codec<std::string_view> {
    static JsonMembers schema(SchemaWalk&) { return JsonMembers().put("type", "\"string\""); }
    static std::string_view read(View view, const Place& place) {
        if (!view.is_string()) place.must_be("a string");
        return view.string();
    }
    static void write(std::string_view value, const Out& out) { out.to->put_string(out.b, to_text(value)); }
};

template <>
struct Codec<std::string> : Codec<std::string_view> {
    static std::string read(View view, const Place& place) {
        return std::string(Codec<std::string_view>::read(view, place));
    }
};

template <>
struct Codec<View> {
    static JsonMembers schema(SchemaWalk&) { return {}; }
    static View read(View view, const Place&) { return view; }
    static void write(View value, const Out& out) {
        value ? out.to->put_value(out.b, value.handle()) : out.to->put_null(out.b);
    }
};

template <>
struct Codec<Json> {
    static JsonMembers schema(SchemaWalk&) { return {}; }
    static Json read(View view, const Place&) { return Json(view); }
    static void write(const Json& value, const Out& out) { value.write(out.to, out.b); }
};

template <class T>
struct Codec<std::optional<T>> {
    static JsonMembers schema(SchemaWalk& walk) { return Codec<T>::schema(walk); }
    static std::optional<T> read(View view, const Place& place) {
        if (view.is_null()) return std::nullopt;
        return Codec<T>::read(view, place);
    }
    static void write(const std::optional<T>& value, const Out& out) {
        value ? Codec<T>::write(*value, out) : out.to->put_null(out.b);
    }
};

template <class T>
struct Codec<std::vector<T>> {
    static JsonMembers schema(SchemaWalk& walk) {
        return JsonMembers().put("type", "\"array\"").put("items", Codec<T>::schema(walk).text());
    }
    static std::vector<T> read(View view, const Place& place) {
        if (!view.is_list()) place.must_be("a list");
        std::vector<T> out;
        out.reserve(view.size());
        for (std::size_t i = 0; i < view.size(); ++i) out.push_back(Codec<T>::read(view.at(i), place.at(i)));
        return out;
    }
    static void write(const std::vector<T>& value, const Out& out) {
        out.to->begin_list(out.b);
        for (const auto& item : value) Codec<T>::write(item, out);
        out.to->end(out.b);
    }
};

template <class T>
struct Codec<std::map<std::string, T>> {
    static JsonMembers schema(SchemaWalk& walk) {
        return JsonMembers()
            .put("type", "\"object\"")
            .put("additionalProperties", Codec<T>::schema(walk).text());
    }
    static std::map<std::string, T> read(View view, const Place& place) {
        if (!view.is_map()) place.must_be("an object");
        std::map<std::string, T> out;
        for (std::size_t i = 0; i < view.size(); ++i) {
            const View name = view.key_at(i);
            const std::string key = name.is_string() ? std::string(name.string()) : name.json();
            out.emplace(key, Codec<T>::read(view.at(i), place.inside(key)));
        }
        return out;
    }
    static void write(const std::map<std::string, T>& value, const Out& out) {
        out.to->begin_map(out.b);
        for (const auto& [key, item] : value) {
            out.to->put_key(out.b, to_text(key));
            Codec<T>::write(item, out);
        }
        out.to->end(out.b);
    }
};

/// Whether a type can be read, written and described.
template <class T>
concept Coded = requires(const T& value, const Out& out, SchemaWalk& walk) {
    Codec<T>::write(value, out);
    { Codec<T>::schema(walk) } -> std::same_as<JsonMembers>;
};

/// A value of a described type as part of a result; kept by value.
template <Coded T>
Json to_json(T value) {
    return Json::written([value = std::move(value)](const tappet_builders* to, tappet_builder* b) {
        Codec<T>::write(value, Out(to, b));
    });
}
/// Reads a View as a described type; `root` names it in messages. Throws Error::validation.
template <class T>
T read_as(View view, std::string_view root) {
    return Codec<T>::read(view, Place(root));
}
/// The JSON Schema of a type, as an input or as a result; empty where it takes anything.
template <class T>
JsonMembers schema_of(bool as_result = false) {
    SchemaWalk walk;
    walk.of_results = as_result;
    return Codec<T>::schema(walk);
}
/// A value as JSON text, without an engine: for manifests.
template <Coded T>
std::string json_text(const T& value) {
    TextBuilder builder;
    Codec<T>::write(value, Out(builder.table(), builder.handle()));
    return builder.text();
}

}  // namespace tappet::sdk
