#pragma once
#include <tappet/json_text.hpp>
#include <tappet/view.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet::sdk::mock {

/// A value of the mock host: what tests give and look at. Braces make maps and lists:
/// Value{{"name", "Ada"}, {"tags", {1, 2}}}. Braces of nothing but pairs that begin with a text are a map;
/// where they are to be a list of lists, Value::list({{"a", "b"}, {"c", "d"}}).
class Value {
public:
    Value() = default;
    Value(std::nullptr_t) {}
    Value(bool v) : kind_(Kind::boolean), integer_(v) {}
    template <std::signed_integral T>
    Value(T v) : kind_(Kind::integer), integer_(v) {}
    template <std::unsigned_integral T>
        requires(!std::same_as<T, bool>)
    Value(T v) {
        const std::uint64_t whole = v;
        kind_ = whole > INT64_MAX ? Kind::uint : Kind::integer;
        integer_ = static_cast<std::int64_t>(whole);
    }
    Value(double v) : kind_(Kind::number), number_(v) {}
    Value(const char* v) : Value(std::string(v)) {}
    Value(std::string_view v) : Value(std::string(v)) {}
    Value(std::string v) : kind_(Kind::string), text_(std::move(v)) {}
    Value(std::initializer_list<Value> parts) {
        bool map = parts.size() != 0;
        for (const Value& part : parts)
            map = map && part.kind_ == Kind::list && part.items_.size() == 2 &&
                  part.items_[0].kind_ == Kind::string;
        kind_ = map ? Kind::map : Kind::list;
        for (const Value& part : parts) map ? set(part.items_[0].text_, part.items_[1]) : push(part);
    }

    static Value list() { return of(Kind::list); }
    static Value list(std::initializer_list<Value> items) {
        Value out = of(Kind::list);
        for (const Value& item : items) out.push(item);
        return out;
    }
    static Value object() { return of(Kind::map); }
    static Value bytes(std::string data) {
        Value out(std::move(data));
        out.kind_ = Kind::bytes;
        return out;
    }
    static Value timestamp(std::int64_t seconds, std::int32_t nanos = 0) {
        return moment(Kind::timestamp, seconds, nanos);
    }
    static Value duration(std::int64_t seconds, std::int32_t nanos = 0) {
        return moment(Kind::duration, seconds, nanos);
    }
    /// With the secret mark.
    static Value secret(Value of) {
        of.secret_ = true;
        return of;
    }

    Kind kind() const { return kind_; }
    bool is_null() const { return kind_ == Kind::null; }
    bool is_map() const { return kind_ == Kind::map; }
    bool is_list() const { return kind_ == Kind::list; }
    bool is_text() const { return kind_ == Kind::string || kind_ == Kind::bytes; }
    bool is_secret() const { return secret_; }
    bool holds_secret() const {
        if (secret_) return true;
        for (const Value& item : items_)
            if (item.holds_secret()) return true;
        return false;
    }
    void mark_secret() { secret_ = true; }

    bool boolean() const { return kind_ == Kind::boolean && integer_ != 0; }
    std::int64_t integer() const { return kind_ == Kind::integer ? integer_ : 0; }
    std::uint64_t uint() const {
        return kind_ == Kind::integer || kind_ == Kind::uint ? static_cast<std::uint64_t>(integer_) : 0;
    }
    double number() const { return number_; }
    const std::string& string() const { return text_; }
    std::int64_t seconds() const { return integer_; }
    std::int32_t nanos() const { return nanos_; }
    /// Items of a list, entries of a map, bytes of a text.
    std::size_t size() const { return is_text() ? text_.size() : items_.size(); }

    /// Items of a list; the values of a map, and its keys, in order.
    const std::vector<Value>& items() const { return items_; }
    const std::vector<Value>& keys() const { return keys_; }
    const Value* find(std::string_view key) const {
        for (std::size_t i = 0; i < keys_.size(); ++i)
            if (keys_[i].text_ == key) return &items_[i];
        return nullptr;
    }
    /// What is not there reads as null.
    const Value& operator[](std::string_view key) const {
        const Value* found = find(key);
        return found ? *found : nothing();
    }
    const Value& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
    template <std::integral T>
    const Value& operator[](T index) const {
        return std::cmp_less(index, items_.size()) && std::cmp_greater_equal(index, 0)
                   ? items_[static_cast<std::size_t>(index)]
                   : nothing();
    }
    Value& set(std::string_view key, Value value) {
        if (is_null()) kind_ = Kind::map;
        for (std::size_t i = 0; i < keys_.size(); ++i)
            if (keys_[i].text_ == key) return items_[i] = std::move(value), *this;
        keys_.emplace_back(key);
        items_.push_back(std::move(value));
        return *this;
    }
    Value& push(Value value) {
        if (is_null()) kind_ = Kind::list;
        items_.push_back(std::move(value));
        return *this;
    }

    /// As JSON. Bytes are written as base64, times as seconds; secrets as bullets unless they are revealed.
    std::string json(bool reveal = true) const {
        if (secret_ && !reveal) return "\"••••\"";
        switch (kind_) {
            case Kind::boolean:
                return integer_ ? "true" : "false";
            case Kind::integer:
                return json_number(integer_);
            case Kind::uint:
                return json_number(static_cast<std::uint64_t>(integer_));
            case Kind::number:
                return json_number(number_);
            case Kind::string:
                return json_quoted(text_);
            case Kind::bytes:
                return json_quoted(base64(text_));
            case Kind::timestamp:
            case Kind::duration:
                return json_quoted(std::to_string(integer_) + "s");
            case Kind::list:
            case Kind::map:
                return nested(reveal);
            default:
                return "null";
        }
    }

    /// Numbers are compared by value, as in tests of flows: 5.0 is 5. Secret marks make no difference.
    friend bool operator==(const Value& a, const Value& b) {
        if (a.kind_ == Kind::number && b.is_whole()) return b == a;
        if (a.is_whole() && b.kind_ == Kind::number) return a.is_the_number(b.number_);
        if (a.kind_ != b.kind_ || a.items_.size() != b.items_.size()) return false;
        switch (a.kind_) {
            case Kind::number:
                return a.number_ == b.number_;
            case Kind::string:
            case Kind::bytes:
                return a.text_ == b.text_;
            case Kind::list:
                return a.items_ == b.items_;
            case Kind::map:
                for (std::size_t i = 0; i < a.keys_.size(); ++i) {
                    const Value* other = b.find(a.keys_[i].text_);
                    if (!other || !(*other == a.items_[i])) return false;
                }
                return true;
            default:
                return a.integer_ == b.integer_ && a.nanos_ == b.nanos_;
        }
    }
    friend std::ostream& operator<<(std::ostream& out, const Value& value) { return out << value.json(); }

private:
    bool is_whole() const { return kind_ == Kind::integer || kind_ == Kind::uint; }
    /// Without rounding: not every integer is a double.
    bool is_the_number(double number) const {
        if (!(number >= -0x1p63 && number < 0x1p64) || number != std::floor(number)) return false;
        if (kind_ == Kind::uint)
            return number >= 0x1p63 &&
                   static_cast<std::uint64_t>(number) == static_cast<std::uint64_t>(integer_);
        return number < 0x1p63 && static_cast<std::int64_t>(number) == integer_;
    }
    static const Value& nothing() {
        static const Value null;
        return null;
    }
    static Value of(Kind kind) {
        Value out;
        out.kind_ = kind;
        return out;
    }
    static Value moment(Kind kind, std::int64_t seconds, std::int32_t nanos) {
        Value out = of(kind);
        out.integer_ = seconds;
        out.nanos_ = nanos;
        return out;
    }
    std::string nested(bool reveal) const {
        std::string out(1, is_map() ? '{' : '[');
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (i) out += ',';
            if (is_map()) out.append(json_quoted(keys_[i].text_)).append(":");
            out += items_[i].json(reveal);
        }
        return out += is_map() ? '}' : ']';
    }
    static std::string base64(std::string_view data) {
        static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string out;
        for (std::size_t i = 0; i < data.size(); i += 3) {
            std::uint32_t bits = 0;
            for (std::size_t k = 0; k < 3; ++k)
                bits = bits << 8 | (i + k < data.size() ? static_cast<unsigned char>(data[i + k]) : 0u);
            for (std::size_t k = 0; k < 4; ++k)
                out += i + k > data.size() ? '=' : letters[bits >> (18 - 6 * k) & 63];
        }
        return out;
    }

    Kind kind_ = Kind::null;
    bool secret_ = false;
    std::int32_t nanos_ = 0;
    std::int64_t integer_ = 0;
    double number_ = 0;
    std::string text_;
    std::vector<Value> keys_, items_;
};

}  // namespace tappet::sdk::mock
