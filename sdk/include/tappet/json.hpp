#pragma once
#include <tappet/abi.h>
#include <tappet/view.hpp>

#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tappet::sdk {

/// A JSON text that the engine has read, or a part of one. Owns what view() looks at; copies and parts share
/// it. Put it, not its view, into a result: a view must not outlive the last document it is of. Any thread.
class Document {
public:
    /// Nothing when the text is malformed.
    static std::optional<Document> parse(const tappet_host* host, std::string_view text) {
        const tappet_builders* table = host->builders;
        std::shared_ptr<tappet_builder> builder(table->create(host),
                                                [table](tappet_builder* b) { table->release(b); });
        if (!table->put_json(builder.get(), to_text(text))) return std::nullopt;
        const tappet_value* value = table->finish(builder.get());
        if (!value) return std::nullopt;
        return Document(std::move(builder), View(value, host->values));
    }
    View view() const { return view_; }
    /// A part; absent where there is none, and null in a result.
    Document operator[](std::string_view key) const { return {owner_, view_[key]}; }
    Document at(std::size_t index) const { return {owner_, view_.at(index)}; }

private:
    Document(std::shared_ptr<tappet_builder> owner, View view) : owner_(std::move(owner)), view_(view) {}
    std::shared_ptr<tappet_builder> owner_;
    View view_;
};

/// What an action yields: built here, handed to the engine once. A View or a Document inside is shared, not
/// copied; a View must live until the call is completed, as those of the call's input do.
class Json {
public:
    using Member = std::pair<std::string, Json>;

    Json() : value_(nullptr) {}
    Json(std::nullptr_t) : value_(nullptr) {}
    Json(bool v) : value_(v) {}
    template <std::signed_integral T>
    Json(T v) : value_(static_cast<std::int64_t>(v)) {}
    template <std::unsigned_integral T>
        requires(!std::same_as<T, bool>)
    Json(T v) : value_(static_cast<std::uint64_t>(v)) {}
    Json(double v) : value_(v) {}
    Json(const char* v) : value_(std::string(v)) {}
    Json(std::string v) : value_(std::move(v)) {}
    Json(std::string_view v) : value_(std::string(v)) {}
    Json(View v) : value_(v) {}
    Json(Document v) : value_(std::move(v)) {}

    /// What a function writes when the result is built. It puts exactly one value.
    static Json written(std::function<void(const tappet_builders*, tappet_builder*)> write) {
        return Json(Storage(Written{std::make_shared<const Write>(std::move(write))}));
    }
    static Json bytes(std::string v) { return Json(Storage(Bytes{std::move(v)})); }
    static Json list(std::vector<Json> items = {}) { return Json(Storage(std::move(items))); }
    static Json object(std::initializer_list<Member> members = {});
    /// A map with all entries of another, to which more can be set. The entries are shared.
    static Json object_like(View map);

    /// Puts a member into a map (null becomes a map). Of equal keys the last counts.
    Json& set(std::string key, Json value);
    /// Appends to a list (null becomes a list).
    Json& push(Json value);
    /// With the secret mark: the engine redacts it wherever it would be shown.
    Json as_secret() && { return secret_ = true, std::move(*this); }
    bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }

    void write(const tappet_builders* to, tappet_builder* builder) const;

private:
    struct Bytes {
        std::string data;
    };
    using Write = std::function<void(const tappet_builders*, tappet_builder*)>;
    struct Written {
        std::shared_ptr<const Write> write;
    };
    struct Object {
        View base;
        std::vector<Member> members;
    };
    using Storage = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string,
                                 Bytes, std::vector<Json>, Object, View, Document, Written>;
    explicit Json(Storage value) : value_(std::move(value)) {}

    Storage value_;
    bool secret_ = false;
};

inline Json Json::object(std::initializer_list<Member> members) {
    return Json(Storage(Object{View(), std::vector<Member>(members)}));
}
inline Json Json::object_like(View map) { return Json(Storage(Object{map, {}})); }

inline Json& Json::set(std::string key, Json value) {
    if (is_null()) value_ = Object{};
    auto* object = std::get_if<Object>(&value_);
    if (!object) throw Error::internal("set needs a map");
    object->members.emplace_back(std::move(key), std::move(value));
    return *this;
}

inline Json& Json::push(Json value) {
    if (is_null()) value_ = std::vector<Json>();
    auto* items = std::get_if<std::vector<Json>>(&value_);
    if (!items) throw Error::internal("push needs a list");
    items->push_back(std::move(value));
    return *this;
}

inline void Json::write(const tappet_builders* to, tappet_builder* b) const {
    struct Visitor {
        const tappet_builders* to;
        tappet_builder* b;
        void operator()(std::nullptr_t) const { to->put_null(b); }
        void operator()(bool v) const { to->put_bool(b, v); }
        void operator()(std::int64_t v) const { to->put_int(b, v); }
        void operator()(std::uint64_t v) const {
            if (v <= INT64_MAX) return to->put_int(b, static_cast<std::int64_t>(v));
            to->put_uint(b, v);
        }
        void operator()(double v) const { to->put_double(b, v); }
        void operator()(const std::string& v) const { to->put_string(b, to_text(v)); }
        void operator()(const Bytes& v) const { to->put_bytes(b, to_text(v.data)); }
        void operator()(const std::vector<Json>& v) const {
            to->begin_list(b);
            for (const Json& item : v) item.write(to, b);
            to->end(b);
        }
        void operator()(const Object& v) const {
            to->begin_map(b);
            if (v.base) to->put_entries(b, v.base.handle());
            for (const Member& member : v.members) {
                to->put_key(b, to_text(member.first));
                member.second.write(to, b);
            }
            to->end(b);
        }
        void operator()(View v) const { v ? to->put_value(b, v.handle()) : to->put_null(b); }
        void operator()(const Written& v) const { (*v.write)(to, b); }
        void operator()(const Document& v) const { (*this)(v.view()); }
    };
    std::visit(Visitor{to, b}, value_);
    if (secret_) to->mark_secret(b);
}

}  // namespace tappet::sdk
