#pragma once
#include <tappet/abi.h>
#include <tappet/testing/json_reader.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tappet::sdk::mock {

inline const tappet_value* handle_of(const Value* value) {
    return reinterpret_cast<const tappet_value*>(value);
}
inline const Value& value_of(const tappet_value* value) { return *reinterpret_cast<const Value*>(value); }

/// The accessors over Value.
inline const tappet_values* value_table() {
    static const tappet_values table = [] {
        tappet_values out{};
        out.size = sizeof out;
        out.kind = [](const tappet_value* v) { return static_cast<std::uint32_t>(value_of(v).kind()); };
        out.secrecy = [](const tappet_value* v) -> std::uint32_t {
            const Value& value = value_of(v);
            if (!value.holds_secret()) return 0;
            const bool inside = value.is_map() || value.is_list();
            return (value.is_secret() ? TAPPET_SECRET_HERE : 0u) | (inside ? TAPPET_SECRET_INSIDE : 0u);
        };
        out.as_bool = [](const tappet_value* v) -> std::int32_t { return value_of(v).boolean(); };
        out.as_int = [](const tappet_value* v) { return value_of(v).integer(); };
        out.as_uint = [](const tappet_value* v) { return value_of(v).uint(); };
        out.as_double = [](const tappet_value* v) { return value_of(v).number(); };
        out.as_text = [](const tappet_value* v) {
            return value_of(v).is_text() ? to_text(value_of(v).string()) : tappet_text{};
        };
        out.as_time = [](const tappet_value* v, std::int32_t* nanos) -> std::int64_t {
            const bool time = value_of(v).kind() == Kind::timestamp || value_of(v).kind() == Kind::duration;
            if (nanos) *nanos = time ? value_of(v).nanos() : 0;
            return time ? value_of(v).seconds() : 0;
        };
        out.count = [](const tappet_value* v) { return value_of(v).size(); };
        out.item = [](const tappet_value* v, std::size_t i) -> const tappet_value* {
            const Value& value = value_of(v);
            return value.is_list() && i < value.size() ? handle_of(&value.items()[i]) : nullptr;
        };
        out.key_at = [](const tappet_value* v, std::size_t i) -> const tappet_value* {
            const Value& value = value_of(v);
            return value.is_map() && i < value.size() ? handle_of(&value.keys()[i]) : nullptr;
        };
        out.value_at = [](const tappet_value* v, std::size_t i) -> const tappet_value* {
            const Value& value = value_of(v);
            return value.is_map() && i < value.size() ? handle_of(&value.items()[i]) : nullptr;
        };
        out.find = [](const tappet_value* v, tappet_text key) {
            return handle_of(value_of(v).find(text_of(key)));
        };
        out.json = [](const tappet_value* v, std::uint32_t how, tappet_sink sink,
                      void* context) -> std::int32_t {
            const std::string text = value_of(v).json(how == TAPPET_JSON_REVEAL);
            sink(context, text.data(), text.size());
            return 1;
        };
        return out;
    }();
    return &table;
}

/// A value in the making; the rules of tappet_builders.
class Builder {
public:
    static Builder& of(tappet_builder* builder) { return *reinterpret_cast<Builder*>(builder); }
    tappet_builder* handle() { return reinterpret_cast<tappet_builder*>(this); }

    void put(Value value) {
        if (!problem.empty()) return;
        if (open_.empty()) {
            if (root_) return wrong("a second value beside the first");
            root_ = std::move(value);
        } else if (Frame& frame = open_.back(); frame.value.is_map()) {
            if (!frame.key) return wrong("a value of a map without its key");
            frame.last = *frame.key;
            frame.value.set(*frame.key, std::move(value));
            frame.key.reset();
        } else {
            frame.value.push(std::move(value));
        }
    }
    void text(tappet_text text) {
        is_utf8(text_of(text)) ? put(Value(text_of(text))) : wrong("a text that is no UTF-8");
    }
    void begin(Value empty) {
        if (open_.size() >= kDeepest) return wrong("nesting deeper than 128");
        if (!open_.empty() && open_.back().value.is_map() && !open_.back().key)
            return wrong("a value of a map without its key");
        Frame frame;
        frame.value = std::move(empty);
        open_.push_back(std::move(frame));
    }
    void key(tappet_text key) {
        if (open_.empty() || !open_.back().value.is_map() || open_.back().key)
            return wrong("a key where none belongs");
        open_.back().key = text_of(key);
    }
    void entries(const Value& map) {
        if (open_.empty() || !open_.back().value.is_map() || !map.is_map())
            return wrong("put_entries needs a map inside an open map");
        for (std::size_t i = 0; i < map.size(); ++i)
            open_.back().value.set(map.keys()[i].string(), map.items()[i]);
    }
    void end() {
        if (open_.empty() || open_.back().key) return wrong("an end without its beginning");
        Value whole = std::move(open_.back().value);
        open_.pop_back();
        put(std::move(whole));
    }
    void mark_secret() {
        if (open_.empty()) {
            if (root_) root_->mark_secret();
            return;
        }
        Frame& frame = open_.back();
        if (frame.value.size() == 0) return wrong("a mark before any value");
        Value marked = frame.value.is_map() ? frame.value[frame.last] : frame.value.items().back();
        marked.mark_secret();
        if (frame.value.is_map()) {
            frame.value.set(frame.last, std::move(marked));
        } else {
            Value list = Value::list();
            for (std::size_t i = 0; i + 1 < frame.value.size(); ++i) list.push(frame.value.items()[i]);
            frame.value = list.push(std::move(marked));
        }
    }
    const Value* finish() {
        if (problem.empty() && open_.empty() && root_) return &*root_;
        if (problem.empty()) problem = "the value is not complete";
        return nullptr;
    }
    std::string problem;

private:
    static constexpr std::size_t kDeepest = 128;
    struct Frame {
        Value value;
        std::optional<std::string> key;
        std::string last;
    };
    void wrong(const char* what) {
        if (problem.empty()) problem = what;
    }
    std::vector<Frame> open_;
    std::optional<Value> root_;
};

inline const tappet_builders* builder_table() {
    static const tappet_builders table = [] {
        tappet_builders out{};
        out.size = sizeof out;
        out.create = [](const tappet_host*) { return (new Builder())->handle(); };
        out.release = [](tappet_builder* b) { delete &Builder::of(b); };
        out.put_null = [](tappet_builder* b) { Builder::of(b).put(nullptr); };
        out.put_bool = [](tappet_builder* b, std::int32_t v) { Builder::of(b).put(v != 0); };
        out.put_int = [](tappet_builder* b, std::int64_t v) { Builder::of(b).put(v); };
        out.put_uint = [](tappet_builder* b, std::uint64_t v) { Builder::of(b).put(v); };
        out.put_double = [](tappet_builder* b, double v) { Builder::of(b).put(v); };
        out.put_string = [](tappet_builder* b, tappet_text v) { Builder::of(b).text(v); };
        out.put_bytes = [](tappet_builder* b, tappet_text v) {
            Builder::of(b).put(Value::bytes(std::string(text_of(v))));
        };
        out.put_timestamp = [](tappet_builder* b, std::int64_t s, std::int32_t n) {
            Builder::of(b).put(Value::timestamp(s, n));
        };
        out.put_duration = [](tappet_builder* b, std::int64_t s, std::int32_t n) {
            Builder::of(b).put(Value::duration(s, n));
        };
        out.put_value = [](tappet_builder* b, const tappet_value* v) { Builder::of(b).put(value_of(v)); };
        out.put_json = [](tappet_builder* b, tappet_text json) -> std::int32_t {
            std::optional<Value> value = JsonReader::read(text_of(json));
            if (value) Builder::of(b).put(std::move(*value));
            return value.has_value();
        };
        out.begin_list = [](tappet_builder* b) { Builder::of(b).begin(Value::list()); };
        out.begin_map = [](tappet_builder* b) { Builder::of(b).begin(Value::object()); };
        out.put_key = [](tappet_builder* b, tappet_text key) { Builder::of(b).key(key); };
        out.put_entries = [](tappet_builder* b, const tappet_value* v) {
            Builder::of(b).entries(value_of(v));
        };
        out.end = [](tappet_builder* b) { Builder::of(b).end(); };
        out.mark_secret = [](tappet_builder* b) { Builder::of(b).mark_secret(); };
        out.finish = [](tappet_builder* b) { return handle_of(Builder::of(b).finish()); };
        out.problem = [](const tappet_builder* b) {
            return to_text(reinterpret_cast<const Builder*>(b)->problem);
        };
        return out;
    }();
    return &table;
}

}  // namespace tappet::sdk::mock
