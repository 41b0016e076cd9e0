#include "plugin/builder.hpp"

#include <memory>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin {

void Builder::mistake(std::string_view what) {
    if (problem_.empty()) problem_ = what;
}

void Builder::put(Value value) {
    if (!problem_.empty()) return;
    if (depth_ == 0) {
        if (root_) return mistake("two values side by side");
        root_ = std::move(value);
        return;
    }
    Frame& top = frames_[depth_ - 1];
    if (!top.map) return top.items.push_back(std::move(value));
    if (!top.has_key) return mistake("a value in a map without its key");
    top.entries.push_back({std::move(top.key), std::move(value)});
    top.has_key = false;
}

void Builder::string(std::string_view text) {
    if (find_invalid_utf8(text) != std::string_view::npos)
        return mistake("a string that is not UTF-8: put it as bytes");
    put(Value::string(text));
}

bool Builder::json(std::string_view text) {
    JsonParsed parsed = parse_json(text);
    if (parsed.ok) put(std::move(parsed.value));
    return parsed.ok;
}

void Builder::begin(bool map) {
    if (!problem_.empty()) return;
    if (depth_ == kDepth) return mistake("nesting deeper than 128");
    if (depth_ == 0 && root_) return mistake("two values side by side");
    if (depth_ > 0 && frames_[depth_ - 1].map && !frames_[depth_ - 1].has_key)
        return mistake("a value in a map without its key");
    if (frames_.size() == depth_) frames_.emplace_back();
    Frame& frame = frames_[depth_++];
    frame.map = map;
    frame.has_key = false;
}

void Builder::key(std::string_view text) {
    if (!problem_.empty()) return;
    if (depth_ == 0 || !frames_[depth_ - 1].map) return mistake("a key outside a map");
    Frame& top = frames_[depth_ - 1];
    if (top.has_key) return mistake("two keys in a row");
    if (find_invalid_utf8(text) != std::string_view::npos) return mistake("a key that is not UTF-8");
    top.key = Value::string(text);
    top.has_key = true;
}

void Builder::entries(const Value& map) {
    if (!problem_.empty()) return;
    if (depth_ == 0 || !frames_[depth_ - 1].map || frames_[depth_ - 1].has_key)
        return mistake("entries outside a map");
    if (!map.is(Kind::map)) return mistake("entries of a value that is no map");
    std::vector<MapEntry>& into = frames_[depth_ - 1].entries;
    const auto from = map.entries();
    into.reserve(into.size() + from.size() + 2);
    into.insert(into.end(), from.begin(), from.end());
}

void Builder::end() {
    if (!problem_.empty()) return;
    if (depth_ == 0) return mistake("an end without a begin");
    Frame& top = frames_[depth_ - 1];
    if (top.has_key) return mistake("a key without its value");
    Value whole = top.map ? Value::map(std::move(top.entries)) : Value::list(std::move(top.items));
    top.entries.clear();
    top.items.clear();
    --depth_;
    put(std::move(whole));
}

void Builder::mark_secret() {
    if (!problem_.empty()) return;
    Value* last = nullptr;
    if (depth_ == 0) {
        if (root_) last = &*root_;
    } else if (Frame& top = frames_[depth_ - 1]; top.map) {
        if (!top.entries.empty()) last = &top.entries.back().value;
    } else if (!top.items.empty()) {
        last = &top.items.back();
    }
    if (!last) return mistake("a secret mark without a value");
    *last = last->as_secret();
}

std::string_view Builder::problem() const {
    if (!problem_.empty()) return problem_;
    if (depth_ > 0) return "a list or map is not ended";
    return root_ ? "" : "nothing was put";
}

std::optional<Value> Builder::take() {
    std::optional<Value> out;
    if (finished()) out = std::move(root_);
    clear();
    return out;
}

void Builder::clear() {
    root_.reset();
    problem_.clear();
    depth_ = 0;
    for (Frame& frame : frames_) frame = Frame();
}

namespace {

/// A builder costs allocations that the next call can use again.
struct Pool {
    static constexpr std::size_t kKept = 8;
    std::vector<std::unique_ptr<Builder>> free;
};
Pool& pool() {
    thread_local Pool of_this_thread;
    return of_this_thread;
}

tappet_builder* to_handle(Builder* builder) { return reinterpret_cast<tappet_builder*>(builder); }

tappet_builder* create(const tappet_host*) {
    auto& free = pool().free;
    if (free.empty()) return to_handle(new Builder);
    Builder* builder = free.back().release();
    free.pop_back();
    return to_handle(builder);
}

void put_null(tappet_builder* b) { from_handle(b).put(Value()); }
void put_bool(tappet_builder* b, int32_t v) { from_handle(b).put(Value::boolean(v != 0)); }
void put_int(tappet_builder* b, int64_t v) { from_handle(b).put(Value::integer(v)); }
void put_uint(tappet_builder* b, uint64_t v) { from_handle(b).put(Value::uint(v)); }
void put_double(tappet_builder* b, double v) { from_handle(b).put(Value::number(v)); }
void put_string(tappet_builder* b, tappet_text v) { from_handle(b).string(from_text(v)); }
void put_bytes(tappet_builder* b, tappet_text v) { from_handle(b).put(Value::bytes(from_text(v))); }
void put_timestamp(tappet_builder* b, int64_t s, int32_t n) { from_handle(b).put(Value::timestamp(s, n)); }
void put_duration(tappet_builder* b, int64_t s, int32_t n) { from_handle(b).put(Value::duration(s, n)); }
void put_value(tappet_builder* b, const tappet_value* v) { from_handle(b).put(from_handle(v)); }
int32_t put_json(tappet_builder* b, tappet_text v) { return from_handle(b).json(from_text(v)); }
void begin_list(tappet_builder* b) { from_handle(b).begin(false); }
void begin_map(tappet_builder* b) { from_handle(b).begin(true); }
void put_key(tappet_builder* b, tappet_text v) { from_handle(b).key(from_text(v)); }
void put_entries(tappet_builder* b, const tappet_value* v) { from_handle(b).entries(from_handle(v)); }
void end(tappet_builder* b) { from_handle(b).end(); }
void mark_secret(tappet_builder* b) { from_handle(b).mark_secret(); }
const tappet_value* finish(tappet_builder* b) { return plugin::to_handle(from_handle(b).finished()); }
tappet_text problem(const tappet_builder* b) {
    return as_text(reinterpret_cast<const Builder*>(b)->problem());
}

constexpr tappet_builders kTable{sizeof(tappet_builders),
                                 create,
                                 release_builder,
                                 put_null,
                                 put_bool,
                                 put_int,
                                 put_uint,
                                 put_double,
                                 put_string,
                                 put_bytes,
                                 put_timestamp,
                                 put_duration,
                                 put_value,
                                 put_json,
                                 begin_list,
                                 begin_map,
                                 put_key,
                                 put_entries,
                                 end,
                                 mark_secret,
                                 finish,
                                 problem};

}  // namespace

const tappet_builders& builder_table() { return kTable; }

Builder& from_handle(tappet_builder* handle) { return *reinterpret_cast<Builder*>(handle); }

void release_builder(tappet_builder* handle) {
    if (!handle) return;
    std::unique_ptr<Builder> builder(&from_handle(handle));
    auto& free = pool().free;
    if (free.size() == Pool::kKept) return;
    builder->clear();
    free.push_back(std::move(builder));
}

}  // namespace tappet::plugin
