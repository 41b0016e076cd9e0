#include "expr/value.hpp"

#include <atomic>
#include <cmath>
#include <cstring>
#include <new>

#include "expr/map_index.hpp"

namespace tappet {
namespace {

constexpr std::uint8_t kSecret = 1;   ///< this very value derives from a secret
constexpr std::uint8_t kHolds = 2;    ///< something inside does
constexpr std::uint8_t kHasNode = 4;  ///< node_ is owned

}  // namespace

/// Shared storage: a header, then bytes, or vectors. Freed by the last owner; nested nodes of lists and maps
/// are freed from a list instead of by recursion, so that depth is no danger.
struct Value::Node {
    enum class Shape : std::uint8_t { text, list, map };
    std::atomic<std::uint32_t> owners{1};
    Shape shape;
    explicit Node(Shape s) : shape(s) {}
    static void release(Node* node) noexcept;
};

namespace {

struct TextNode : Value::Node {
    std::size_t size = 0;
    TextNode() : Node(Shape::text) {}
    char* data() { return reinterpret_cast<char*>(this + 1); }
    const char* data() const { return reinterpret_cast<const char*>(this + 1); }
    static TextNode* create(std::string_view text) {
        void* raw = ::operator new(sizeof(TextNode) + text.size());
        auto* node = new (raw) TextNode;
        node->size = text.size();
        if (!text.empty()) std::memcpy(node->data(), text.data(), text.size());
        return node;
    }
};

struct ListNode : Value::Node {
    std::vector<Value> items;
    explicit ListNode(std::vector<Value> v) : Node(Shape::list), items(std::move(v)) {}
};

/// Entries in order, and where each key is.
struct MapNode : Value::Node {
    std::vector<MapEntry> entries;
    MapIndex index;
    explicit MapNode(std::vector<MapEntry> v)
        : Node(Shape::map), entries(std::move(v)), index(MapIndex::of(entries)) {}
};

}  // namespace

void Value::Node::release(Node* node) noexcept {
    if (node->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    if (node->shape == Shape::text) {
        static_cast<TextNode*>(node)->~TextNode();
        ::operator delete(node);
        return;
    }
    // The values inside are moved out before their container goes; what they alone own is freed in turn.
    thread_local std::vector<Node*>* pending = nullptr;
    if (pending) {
        pending->push_back(node);
        return;
    }
    std::vector<Node*> work{node};
    pending = &work;
    while (!work.empty()) {
        Node* next = work.back();
        work.pop_back();
        if (next->shape == Shape::list)
            delete static_cast<ListNode*>(next);
        else
            delete static_cast<MapNode*>(next);
    }
    pending = nullptr;
}

Value::Value() noexcept : kind_(Kind::null), flags_(0), nanos_(0), integer_(0) {}

Value::Value(const Value& other) noexcept
    : kind_(other.kind_), flags_(other.flags_), nanos_(other.nanos_), integer_(other.integer_) {
    if (flags_ & kHasNode) {
        node_ = other.node_;
        node_->owners.fetch_add(1, std::memory_order_relaxed);
    }
}

Value::Value(Value&& other) noexcept
    : kind_(other.kind_), flags_(other.flags_), nanos_(other.nanos_), integer_(other.integer_) {
    if (flags_ & kHasNode) node_ = other.node_;
    other.kind_ = Kind::null;
    other.flags_ = 0;
    other.integer_ = 0;
}

Value& Value::operator=(const Value& other) noexcept {
    Value copy(other);
    return *this = std::move(copy);
}

Value& Value::operator=(Value&& other) noexcept {
    if (this == &other) return *this;
    Node* old = (flags_ & kHasNode) ? node_ : nullptr;
    kind_ = other.kind_;
    flags_ = other.flags_;
    nanos_ = other.nanos_;
    if (flags_ & kHasNode)
        node_ = other.node_;
    else
        integer_ = other.integer_;
    other.kind_ = Kind::null;
    other.flags_ = 0;
    other.integer_ = 0;
    if (old) Node::release(old);
    return *this;
}

Value::~Value() {
    if (flags_ & kHasNode) Node::release(node_);
}

Value Value::boolean(bool v) noexcept {
    Value out;
    out.kind_ = Kind::boolean;
    out.integer_ = 0;
    out.boolean_ = v;
    return out;
}
Value Value::integer(std::int64_t v) noexcept {
    Value out;
    out.kind_ = Kind::integer;
    out.integer_ = v;
    return out;
}
Value Value::uint(std::uint64_t v) noexcept {
    Value out;
    out.kind_ = Kind::uint;
    out.uint_ = v;
    return out;
}
Value Value::number(double v) noexcept {
    Value out;
    out.kind_ = Kind::number;
    out.number_ = v;
    return out;
}
Value Value::string(std::string_view v) {
    Value out;
    out.node_ = TextNode::create(v);
    out.kind_ = Kind::string;
    out.flags_ = kHasNode;
    return out;
}
Value Value::bytes(std::string_view v) {
    Value out = string(v);
    out.kind_ = Kind::bytes;
    return out;
}
Value Value::type(std::string_view name) {
    Value out = string(name);
    out.kind_ = Kind::type;
    return out;
}
Value Value::timestamp(std::int64_t seconds, std::int32_t nanos) noexcept {
    Value out;
    out.kind_ = Kind::timestamp;
    out.nanos_ = nanos;
    out.integer_ = seconds;
    return out;
}
Value Value::duration(std::int64_t seconds, std::int32_t nanos) noexcept {
    Value out;
    out.kind_ = Kind::duration;
    out.nanos_ = nanos;
    out.integer_ = seconds;
    return out;
}

Value Value::list(std::vector<Value> items) {
    Value out;
    std::uint8_t flags = kHasNode;
    for (const Value& item : items)
        if (item.holds_secret()) flags |= kHolds;
    out.node_ = new ListNode(std::move(items));
    out.kind_ = Kind::list;
    out.flags_ = flags;
    return out;
}

Value Value::map(std::vector<MapEntry> entries) {
    auto* node = new MapNode(std::move(entries));
    Value out;
    std::uint8_t flags = kHasNode;
    for (const MapEntry& entry : node->entries)
        if (entry.value.holds_secret() || entry.key.secret()) flags |= kHolds;
    out.node_ = node;
    out.kind_ = Kind::map;
    out.flags_ = flags;
    return out;
}

Value Value::object(std::initializer_list<std::pair<std::string_view, Value>> members) {
    std::vector<MapEntry> entries;
    entries.reserve(members.size());
    for (const auto& [key, value] : members) entries.push_back({string(key), value});
    return map(std::move(entries));
}

Value Value::some(Value v) {
    const bool holds = v.holds_secret();
    std::vector<Value> one;
    one.push_back(std::move(v));
    Value out = list(std::move(one));
    out.kind_ = Kind::optional;
    if (holds) out.flags_ |= kHolds;
    return out;
}

Value Value::none() {
    Value out;
    out.kind_ = Kind::optional;
    return out;
}

std::string_view Value::as_string() const noexcept {
    const auto* node = static_cast<const TextNode*>(node_);
    return {node->data(), node->size};
}
std::span<const Value> Value::items() const noexcept { return static_cast<const ListNode*>(node_)->items; }
std::span<const MapEntry> Value::entries() const noexcept {
    return static_cast<const MapNode*>(node_)->entries;
}
const Value* Value::optional_value() const noexcept {
    return (flags_ & kHasNode) ? static_cast<const ListNode*>(node_)->items.data() : nullptr;
}

std::size_t Value::size() const noexcept {
    switch (kind_) {
        case Kind::string:
        case Kind::bytes:
        case Kind::type:
            return static_cast<const TextNode*>(node_)->size;
        case Kind::list:
            return items().size();
        case Kind::map:
            return entries().size();
        default:
            return 0;
    }
}

const Value* Value::find(std::string_view key) const noexcept {
    if (kind_ != Kind::map) return nullptr;
    const auto& map = *static_cast<const MapNode*>(node_);
    if (map.index.is_in_order()) {
        for (const MapEntry& entry : map.entries)
            if (entry.key.is(Kind::string) && entry.key.as_string() == key) return &entry.value;
        return nullptr;
    }
    const std::size_t at = map.index.find(map.entries, key);
    return at == MapIndex::kNone ? nullptr : &map.entries[at].value;
}

const Value* Value::find(const Value& key) const noexcept {
    if (kind_ != Kind::map) return nullptr;
    const auto& map = *static_cast<const MapNode*>(node_);
    const std::size_t at = map.index.find(map.entries, key);
    return at == MapIndex::kNone ? nullptr : &map.entries[at].value;
}

const Value* Value::at(std::span<const std::string_view> path) const noexcept {
    const Value* here = this;
    for (const std::string_view part : path) {
        if (here->is(Kind::map)) {
            here = here->find(part);
        } else if (here->is(Kind::list)) {
            std::size_t index = 0;
            if (part.empty() || part.size() > 9) return nullptr;
            for (const char c : part) {
                if (c < '0' || c > '9') return nullptr;
                index = index * 10 + static_cast<std::size_t>(c - '0');
            }
            here = index < here->size() ? &here->items()[index] : nullptr;
        } else {
            return nullptr;
        }
        if (!here) return nullptr;
    }
    return here;
}

bool Value::secret() const noexcept { return (flags_ & kSecret) != 0; }
bool Value::holds_secret() const noexcept { return (flags_ & (kSecret | kHolds)) != 0; }

Value Value::as_secret() const {
    Value out(*this);
    out.flags_ |= kSecret;
    return out;
}

namespace {

bool is_number(Kind kind) { return kind == Kind::integer || kind == Kind::uint || kind == Kind::number; }

bool equal_int_double(std::int64_t i, double d) {
    if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0) || d != std::floor(d)) return false;
    return static_cast<std::int64_t>(d) == i;
}
bool equal_uint_double(std::uint64_t u, double d) {
    if (!(d >= 0 && d < 18446744073709551616.0) || d != std::floor(d)) return false;
    return static_cast<std::uint64_t>(d) == u;
}

bool equal_numbers(const Value& a, const Value& b) {
    if (a.kind() == b.kind()) {
        if (a.is(Kind::number)) return a.as_number() == b.as_number();
        return a.as_integer() == b.as_integer();
    }
    if (a.is(Kind::number)) return equal_numbers(b, a);
    if (a.is(Kind::integer)) {
        if (b.is(Kind::number)) return equal_int_double(a.as_integer(), b.as_number());
        return a.as_integer() >= 0 && static_cast<std::uint64_t>(a.as_integer()) == b.as_uint();
    }
    if (b.is(Kind::number)) return equal_uint_double(a.as_uint(), b.as_number());
    return b.as_integer() >= 0 && static_cast<std::uint64_t>(b.as_integer()) == a.as_uint();
}

/// Compares one level; pairs of children to compare go on the list.
bool equal_level(const Value& a, const Value& b, std::vector<std::pair<const Value*, const Value*>>& pairs) {
    if (is_number(a.kind()) && is_number(b.kind())) return equal_numbers(a, b);
    if (a.kind() != b.kind()) return false;
    switch (a.kind()) {
        case Kind::null:
            return true;
        case Kind::boolean:
            return a.as_boolean() == b.as_boolean();
        case Kind::string:
        case Kind::bytes:
        case Kind::type:
            return a.as_string() == b.as_string();
        case Kind::timestamp:
        case Kind::duration:
            return a.seconds() == b.seconds() && a.nanos() == b.nanos();
        case Kind::list: {
            if (a.size() != b.size()) return false;
            for (std::size_t i = 0; i < a.size(); ++i) pairs.emplace_back(&a.items()[i], &b.items()[i]);
            return true;
        }
        case Kind::map: {
            if (a.size() != b.size()) return false;
            for (const MapEntry& entry : a.entries()) {
                const Value* other = b.find(entry.key);
                if (!other) return false;
                pairs.emplace_back(&entry.value, other);
            }
            return true;
        }
        case Kind::optional: {
            const Value* x = a.optional_value();
            const Value* y = b.optional_value();
            if (!x || !y) return !x && !y;
            pairs.emplace_back(x, y);
            return true;
        }
        default:
            return false;
    }
}

}  // namespace

bool operator==(const Value& a, const Value& b) {
    std::vector<std::pair<const Value*, const Value*>> pairs;
    if (!equal_level(a, b, pairs)) return false;
    while (!pairs.empty()) {
        const auto [x, y] = pairs.back();
        pairs.pop_back();
        if (!equal_level(*x, *y, pairs)) return false;
    }
    return true;
}

std::size_t Value::footprint() const noexcept {
    std::size_t total = 0;
    std::vector<const Value*> work{this};
    while (!work.empty()) {
        const Value* v = work.back();
        work.pop_back();
        total += sizeof(Value);
        switch (v->kind_) {
            case Kind::string:
            case Kind::bytes:
            case Kind::type:
                total += sizeof(TextNode) + v->size() + 16;
                break;
            case Kind::list:
                total += sizeof(ListNode) + 16;
                for (const Value& item : v->items()) work.push_back(&item);
                break;
            case Kind::map:
                total += sizeof(MapNode) + 16 + static_cast<const MapNode*>(v->node_)->index.bytes();
                for (const MapEntry& entry : v->entries()) {
                    work.push_back(&entry.key);
                    work.push_back(&entry.value);
                }
                break;
            case Kind::optional:
                if (const Value* inner = v->optional_value()) work.push_back(inner);
                break;
            default:
                break;
        }
    }
    return total;
}

std::string_view type_name(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
            return "null_type";
        case Kind::boolean:
            return "bool";
        case Kind::integer:
            return "int";
        case Kind::uint:
            return "uint";
        case Kind::number:
            return "double";
        case Kind::string:
            return "string";
        case Kind::bytes:
            return "bytes";
        case Kind::list:
            return "list";
        case Kind::map:
            return "map";
        case Kind::timestamp:
            return "google.protobuf.Timestamp";
        case Kind::duration:
            return "google.protobuf.Duration";
        case Kind::type:
            return "type";
        case Kind::optional:
            return "optional_type";
    }
    return "unknown";
}

}  // namespace tappet
