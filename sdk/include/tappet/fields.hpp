#pragma once
#include <tappet/codec.hpp>

#include <functional>
#include <initializer_list>
#include <memory>

namespace tappet::sdk {

template <class T>
class Fields;
template <class E>
class Names;

/// Structs say their fields, and enums their names, once; reading, writing and the JSON Schema follow from
/// that:
///
///     enum class Tone { plain, warm };
///     inline void names(Names<Tone>& n) { n("plain", Tone::plain)("warm", Tone::warm); }
///
///     struct Greet {
///         std::string name;
///         Tone tone = Tone::plain;
///         std::optional<int> times;
///         static void fields(Fields<Greet>& f) {
///             f("name", &Greet::name).title("Whom to greet").min_size(1);
///             f("tone", &Greet::tone).fallback(Tone::plain);
///             f("times", &Greet::times).min(1).max(10);
///         }
///     };
///
/// A struct of somebody else's is described by a function `fields(Fields<T>&)` in its namespace.
template <class T>
concept SaysFields = std::is_class_v<T> &&
                     (
                         requires(Fields<T>& f) { T::fields(f); } || requires(Fields<T>& f) { fields(f); });
template <class T>
concept SaysNames = std::is_enum_v<T> && requires(Names<T>& n) { names(n); };

/// One field of T, whatever its type.
template <class T>
class AnyField {
public:
    AnyField(std::string_view name, bool optional)
        : name_(name), required_(!optional), always_written_(!optional) {}
    virtual ~AnyField() = default;
    const std::string& name() const { return name_; }
    bool required() const { return required_; }
    bool always_written() const { return always_written_; }
    bool is_secret() const { return secret_; }

    virtual void read(T& to, View value, const Place& place) const = 0;
    virtual bool present(const T& from) const = 0;
    virtual void write(const T& from, const Out& out) const = 0;
    virtual JsonMembers schema(SchemaWalk& walk) const = 0;

protected:
    std::string name_;
    bool required_, always_written_;
    bool secret_ = false;
    JsonMembers extra_;
};

template <class M>
struct Inner {
    using type = M;
    static constexpr bool optional = false;
};
template <class M>
struct Inner<std::optional<M>> {
    using type = M;
    static constexpr bool optional = true;
};

/// A field of T of type M: what the schema says about it. Required unless it is a std::optional or has a
/// fallback. Limits are checked by the engine before the call, and again when the input is read.
template <class T, class M>
class Field final : public AnyField<T> {
    using V = typename Inner<M>::type;

public:
    template <class B>
    Field(std::string_view name, M B::*member) : AnyField<T>(name, Inner<M>::optional), member_(member) {}

    Field& title(std::string_view text) { return put("title", json_quoted(text)); }
    Field& description(std::string_view text) { return put("description", json_quoted(text)); }
    /// What an absent or null field reads as.
    Field& fallback(V value) {
        put("default", json_text(value));
        this->required_ = false;
        fallback_ = std::move(value);
        return *this;
    }
    /// To be sealed in a connection; in a result its value gets the secret mark.
    Field& secret() { return this->secret_ = true, put("secret", "true"); }
    Field& min(V limit)
        requires std::is_arithmetic_v<V>
    {
        put("minimum", json_number(limit));
        return check([limit](const V& v) { return v >= limit; }, "at least " + json_number(limit));
    }
    Field& max(V limit)
        requires std::is_arithmetic_v<V>
    {
        put("maximum", json_number(limit));
        return check([limit](const V& v) { return v <= limit; }, "at most " + json_number(limit));
    }
    /// Of a list: items. Of a string: characters; the check here counts code points as the engine does.
    Field& min_size(std::size_t limit) {
        put(sized("min"), json_number(limit));
        return check([limit](const V& v) { return size(v) >= limit; }, "at least " + counted(limit));
    }
    Field& max_size(std::size_t limit) {
        put(sized("max"), json_number(limit));
        return check([limit](const V& v) { return size(v) <= limit; }, "at most " + counted(limit));
    }
    /// The values it may have.
    Field& one_of(std::initializer_list<V> allowed) {
        std::vector<std::string> texts;
        for (const V& value : allowed) texts.push_back(json_text(value));
        put("enum", json_list(texts));
        return check([all = std::vector<V>(allowed)](
                         const V& v) { return std::find(all.begin(), all.end(), v) != all.end(); },
                     "one of " + json_list(texts));
    }
    /// A regular expression, checked by the engine alone.
    Field& pattern(std::string_view expression) { return put("pattern", json_quoted(expression)); }
    Field& format(std::string_view name) { return put("format", json_quoted(name)); }
    /// Any other keyword of JSON Schema, its value as JSON text.
    Field& keyword(std::string_view name, std::string json) { return put(name, std::move(json)); }

    void read(T& to, View value, const Place& place) const override {
        if (value.is_null() && fallback_) {
            to.*member_ = *fallback_;
            return;
        }
        if (!value && this->required_) throw Error::validation(place.text() + " is missing");
        to.*member_ = Codec<M>::read(value, place);
        if (checks_.empty() || !present(to)) return;
        const V& read = inner(to.*member_);
        for (const auto& [holds, what] : checks_)
            if (!holds(read)) place.must_be(what);
    }
    bool present([[maybe_unused]] const T& from) const override {
        if constexpr (Inner<M>::optional) return (from.*member_).has_value();
        return true;
    }
    void write(const T& from, const Out& out) const override { Codec<M>::write(from.*member_, out); }
    JsonMembers schema(SchemaWalk& walk) const override {
        JsonMembers out = Codec<M>::schema(walk).put_all(this->extra_);
        return walk.of_results ? out.without("default") : out;
    }

private:
    Field& put(std::string_view key, std::string json) {
        this->extra_.put(key, std::move(json));
        return *this;
    }
    Field& check(std::function<bool(const V&)> holds, std::string what) {
        checks_.emplace_back(std::move(holds), std::move(what));
        return *this;
    }
    static const V& inner(const M& value) {
        if constexpr (Inner<M>::optional)
            return *value;
        else
            return value;
    }
    static constexpr bool kText = std::convertible_to<V, std::string_view>;
    static std::string sized(const char* bound) { return bound + std::string(kText ? "Length" : "Items"); }
    static std::string counted(std::size_t limit) {
        return std::to_string(limit) + (kText ? " characters long" : " items long");
    }
    static std::size_t size(const V& value) {
        if constexpr (kText) {
            const std::string_view text(value);
            return static_cast<std::size_t>(
                std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
        } else {
            return value.size();
        }
    }

    M T::*member_;
    std::optional<V> fallback_;
    std::vector<std::pair<std::function<bool(const V&)>, std::string>> checks_;
};

/// The fields of T, in order. Filled once, then read from any thread.
template <class T>
class Fields {
public:
    /// The reference stays valid.
    template <class M, class B>
        requires std::derived_from<T, B>
    Field<T, M>& operator()(std::string_view name, M B::*member) {
        for (const auto& field : fields_)
            if (field->name() == name)
                throw Error::internal("the field " + std::string(name) + " is described twice");
        auto field = std::make_unique<Field<T, M>>(name, member);
        Field<T, M>& out = *field;
        fields_.push_back(std::move(field));
        return out;
    }
    /// Other keys are allowed, and left alone. Without this a key that no field names is a finding.
    void open() { open_ = true; }

    static const Fields& all() {
        static const Fields described = describe();
        return described;
    }
    JsonMembers schema(SchemaWalk& walk) const {
        JsonMembers out;
        out.put("type", "\"object\"");
        if (std::find(walk.open.begin(), walk.open.end(), this) != walk.open.end()) return out;
        walk.open.push_back(this);
        JsonMembers properties;
        std::vector<std::string> required;
        for (const auto& field : fields_) {
            properties.put(field->name(), field->schema(walk).text());
            if (walk.of_results ? field->always_written() : field->required())
                required.push_back(field->name());
        }
        walk.open.pop_back();
        if (!required.empty()) out.put("required", json_texts(required));
        out.put("properties", properties.text());
        if (!open_) out.put("additionalProperties", "false");
        return out;
    }
    T read(View view, const Place& place) const {
        if (!view.is_map() && !view.is_null()) place.must_be("an object");
        T out{};
        for (const auto& field : fields_) field->read(out, view[field->name()], place.inside(field->name()));
        return out;
    }
    void write(const T& value, const Out& out) const {
        out.to->begin_map(out.b);
        for (const auto& field : fields_) {
            if (!field->present(value)) continue;
            out.to->put_key(out.b, to_text(field->name()));
            field->write(value, out);
            if (field->is_secret()) out.to->mark_secret(out.b);
        }
        out.to->end(out.b);
    }

private:
    static Fields describe() {
        Fields out;
        if constexpr (requires { T::fields(out); })
            T::fields(out);
        else
            fields(out);
        return out;
    }
    std::vector<std::unique_ptr<AnyField<T>>> fields_;
    bool open_ = false;
};

template <SaysFields T>
struct Codec<T> {
    static JsonMembers schema(SchemaWalk& walk) { return Fields<T>::all().schema(walk); }
    static T read(View view, const Place& place) { return Fields<T>::all().read(view, place); }
    static void write(const T& value, const Out& out) { Fields<T>::all().write(value, out); }
};

/// The names of an enum's values in JSON.
template <class E>
class Names {
public:
    Names& operator()(std::string_view name, E value) {
        all_.emplace_back(name, value);
        return *this;
    }
    static const std::vector<std::pair<std::string, E>>& all() {
        static const Names described = describe();
        return described.all_;
    }
    static std::vector<std::string> texts() {
        std::vector<std::string> out;
        for (const auto& [name, value] : all()) out.push_back(name);
        return out;
    }

private:
    static Names describe() {
        Names out;
        names(out);
        return out;
    }
    std::vector<std::pair<std::string, E>> all_;
};

template <SaysNames E>
struct Codec<E> {
    static JsonMembers schema(SchemaWalk&) {
        return JsonMembers().put("type", "\"string\"").put("enum", json_texts(Names<E>::texts()));
    }
    static E read(View view, const Place& place) {
        if (view.is_string())
            for (const auto& [name, value] : Names<E>::all())
                if (view.string() == name) return value;
        place.must_be("one of " + json_texts(Names<E>::texts()));
    }
    static void write(E value, const Out& out) {
        for (const auto& [name, known] : Names<E>::all())
            if (known == value) return out.to->put_string(out.b, to_text(name));
        throw Error::internal("a value of an enum has no name");
    }
};

}  // namespace tappet::sdk
