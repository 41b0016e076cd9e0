#include "expr/binary.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

namespace tappet {
namespace {

constexpr std::uint8_t kSealed = 0x7f;  ///< a tag beside those of Kind: a sealed value follows
constexpr std::uint8_t kNone = 0x7e;    ///< an optional without a value
constexpr std::uint64_t kRoom = 4'096;  ///< items of a list or map that room is made for before they are read
constexpr int kMaxDepth =
    1'000;  ///< deeper than what an expression (512), the YAML and a plugin around it build

}  // namespace

void BinaryWriter::number(std::uint64_t v) {
    while (v >= 0x80) {
        out_.push_back(static_cast<char>(v | 0x80));
        v >>= 7;
    }
    out_.push_back(static_cast<char>(v));
}

void BinaryWriter::signed_number(std::int64_t v) {
    number((static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63));
}

void BinaryWriter::text(std::string_view v) {
    number(v.size());
    out_.append(v);
}

void BinaryWriter::value(const Value& v) {
    if (!v.secret()) return plain(v);
    if (!sealer_) return byte(static_cast<std::uint8_t>(Kind::null));
    BinaryWriter inner(sealer_, associated_);
    inner.plain(v);
    byte(kSealed);
    text(sealer_->seal(inner.out_, associated_));
}

namespace {

constexpr std::size_t kSeal = 64;  ///< a bound on what sealing adds to one value

std::size_t number_size(std::uint64_t v) {
    std::size_t out = 1;
    for (; v >= 0x80; v >>= 7) ++out;
    return out;
}
std::size_t signed_size(std::int64_t v) {
    return number_size((static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63));
}

/// Bytes of a value without what is inside a list or map.
std::size_t own_size(const Value& v) {
    const std::size_t around = v.secret() ? 1 + kSeal : 1;
    switch (v.kind()) {
        case Kind::boolean:
            return around + 1;
        case Kind::integer:
            return around + signed_size(v.as_integer());
        case Kind::uint:
            return around + number_size(v.as_uint());
        case Kind::number:
            return around + 8;
        case Kind::string:
        case Kind::bytes:
        case Kind::type:
            return around + number_size(v.size()) + v.size();
        case Kind::timestamp:
        case Kind::duration:
            return around + signed_size(v.seconds()) + signed_size(v.nanos());
        case Kind::list:
        case Kind::map:
            return around + number_size(v.size());
        default:
            return around;
    }
}

void add_size(const Value& v, std::size_t& total, std::size_t limit) {
    total += own_size(v);
    if (total > limit) return;
    if (v.is(Kind::list)) {
        for (const Value& item : v.items()) {
            if (total > limit) return;
            add_size(item, total, limit);
        }
    } else if (v.is(Kind::map)) {
        for (const MapEntry& entry : v.entries()) {
            if (total > limit) return;
            add_size(entry.key, total, limit);
            add_size(entry.value, total, limit);
        }
    } else if (v.is(Kind::optional) && v.optional_value()) {
        add_size(*v.optional_value(), total, limit);
    }
}

}  // namespace

std::size_t BinaryWriter::size_of(const Value& v, std::size_t limit) {
    std::size_t total = 0;
    add_size(v, total, limit);
    return total;
}

void BinaryWriter::plain(const Value& v) {
    if (v.is(Kind::optional) && !v.optional_value()) return byte(kNone);
    byte(static_cast<std::uint8_t>(v.kind()));
    switch (v.kind()) {
        case Kind::null:
            break;
        case Kind::boolean:
            byte(v.as_boolean() ? 1 : 0);
            break;
        case Kind::integer:
            signed_number(v.as_integer());
            break;
        case Kind::uint:
            number(v.as_uint());
            break;
        case Kind::number: {
            const auto bits = std::bit_cast<std::uint64_t>(v.as_number());
            for (int i = 0; i < 8; ++i) byte(static_cast<std::uint8_t>(bits >> (8 * i)));
            break;
        }
        case Kind::string:
        case Kind::bytes:
        case Kind::type:
            text(v.as_string());
            break;
        case Kind::timestamp:
        case Kind::duration:
            signed_number(v.seconds());
            signed_number(v.nanos());
            break;
        case Kind::list:
            number(v.size());
            for (const Value& item : v.items()) value(item);
            break;
        case Kind::map:
            number(v.size());
            for (const MapEntry& entry : v.entries()) {
                value(entry.key);
                value(entry.value);
            }
            break;
        case Kind::optional:
            value(*v.optional_value());
            break;
    }
}

namespace {

/// Takes the values of `v` off what is left; false when there are more.
bool take_values(const Value& v, std::size_t& left) {
    if (left-- == 0) return false;
    switch (v.kind()) {
        case Kind::list:
            return std::ranges::all_of(v.items(), [&](const Value& item) { return take_values(item, left); });
        case Kind::map:
            return std::ranges::all_of(v.entries(), [&](const MapEntry& entry) {
                return take_values(entry.key, left) && take_values(entry.value, left);
            });
        case Kind::optional:
            return !v.optional_value() || take_values(*v.optional_value(), left);
        default:
            return true;
    }
}

}  // namespace

bool holds_more_than(const Value& v, std::size_t most) { return !take_values(v, most); }

void BinaryReader::fail() {
    ok_ = false;
    pos_ = data_.size();
}

std::uint8_t BinaryReader::byte() {
    if (pos_ >= data_.size()) {
        fail();
        return 0;
    }
    return static_cast<std::uint8_t>(data_[pos_++]);
}

std::uint64_t BinaryReader::number() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const std::uint8_t b = byte();
        v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
        if ((b & 0x80) == 0) return v;
    }
    fail();
    return 0;
}

std::int64_t BinaryReader::signed_number() {
    const std::uint64_t v = number();
    return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
}

std::string_view BinaryReader::text() {
    const std::uint64_t length = number();
    if (length > data_.size() - pos_) {
        fail();
        return {};
    }
    const auto out = data_.substr(pos_, length);
    pos_ += length;
    return out;
}

Value BinaryReader::value(int depth) {
    if (depth > kMaxDepth) {
        fail();
        return {};
    }
    const std::uint8_t tag = byte();
    if (!ok_) return {};
    if (tag != kSealed && values_left_-- == 0) return fail(), Value();  // the mark is no value of its own
    if (tag == kNone) return Value::none();
    if (tag == kSealed) {
        const auto sealed = text();
        if (!ok_ || !sealer_) return fail(), Value();
        std::string opened;
        if (!sealer_->is_open()) {
            auto plain = sealer_->open(sealed, associated_);
            if (!plain) return fail(), Value();
            opened = std::move(*plain);
        }
        // What is open is read where it stands: whoever nests it pays for no copies of ours.
        BinaryReader inner(sealer_->is_open() ? sealed : std::string_view(opened), sealer_, associated_);
        inner.values_left_ = values_left_;
        Value v = inner.value(depth + 1);
        values_left_ = inner.values_left_;
        if (!inner.ok() || !inner.at_end()) return fail(), Value();
        return v.as_secret();
    }
    switch (static_cast<Kind>(tag)) {
        case Kind::null:
            return {};
        case Kind::boolean:
            return Value::boolean(byte() != 0);
        case Kind::integer:
            return Value::integer(signed_number());
        case Kind::uint:
            return Value::uint(number());
        case Kind::number: {
            std::uint64_t bits = 0;
            for (int i = 0; i < 8; ++i) bits |= static_cast<std::uint64_t>(byte()) << (8 * i);
            return Value::number(std::bit_cast<double>(bits));
        }
        case Kind::string:
            return Value::string(text());
        case Kind::bytes:
            return Value::bytes(text());
        case Kind::type:
            return Value::type(text());
        case Kind::timestamp: {
            const auto seconds = signed_number();
            return Value::timestamp(seconds, static_cast<std::int32_t>(signed_number()));
        }
        case Kind::duration: {
            const auto seconds = signed_number();
            return Value::duration(seconds, static_cast<std::int32_t>(signed_number()));
        }
        case Kind::list: {
            const std::uint64_t count = number();
            if (count > data_.size() - pos_) return fail(), Value();
            std::vector<Value> items;
            items.reserve(std::min(count, kRoom));  // the count is only what somebody wrote
            for (std::uint64_t i = 0; i < count && ok_; ++i) items.push_back(value(depth + 1));
            return Value::list(std::move(items));
        }
        case Kind::map: {
            const std::uint64_t count = number();
            if (count > data_.size() - pos_) return fail(), Value();
            std::vector<MapEntry> entries;
            entries.reserve(std::min(count, kRoom));
            for (std::uint64_t i = 0; i < count && ok_; ++i) {
                Value key = value(depth + 1);
                entries.push_back({std::move(key), value(depth + 1)});
            }
            return Value::map(std::move(entries));
        }
        case Kind::optional:
            return Value::some(value(depth + 1));
    }
    fail();
    return {};
}

}  // namespace tappet
