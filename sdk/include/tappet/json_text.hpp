#pragma once
#include <tappet/abi.h>

#include <charconv>
#include <cmath>
#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet::sdk {

/// A text as a JSON string, quotes included.
inline std::string json_quoted(std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (u < 0x20) {
            out += "\\u00";
            out += digits[u >> 4];
            out += digits[u & 15];
        } else {
            out += c;
        }
    }
    return out += '"';
}

inline std::string json_number(std::integral auto value) { return std::to_string(value); }
/// The shortest text that reads back as the same double; a whole one ends in `.0`, so that it stays a double.
/// NaN and infinities, which JSON cannot say, are null.
inline std::string json_number(double value) {
    if (!std::isfinite(value)) return "null";
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    std::string out(buffer, end);
    return out.find_first_of(".e") == std::string::npos ? out + ".0" : out;
}

/// The members of a JSON object in the making, in order, each value as JSON text. Of equal keys the last
/// counts.
class JsonMembers {
public:
    JsonMembers& put(std::string_view key, std::string json) {
        for (auto& [name, value] : members_)
            if (name == key) return value = std::move(json), *this;
        members_.emplace_back(key, std::move(json));
        return *this;
    }
    JsonMembers& put_all(const JsonMembers& others) {
        for (const auto& [name, value] : others.members_) put(name, value);
        return *this;
    }
    JsonMembers& without(std::string_view key) {
        std::erase_if(members_, [&](const auto& member) { return member.first == key; });
        return *this;
    }
    bool empty() const { return members_.empty(); }
    std::string text() const {
        std::string out = "{";
        for (const auto& [name, value] : members_) {
            if (out.size() > 1) out += ',';
            out.append(json_quoted(name)).append(":").append(value);
        }
        return out += '}';
    }

private:
    std::vector<std::pair<std::string, std::string>> members_;
};

/// A list of texts that are JSON each.
inline std::string json_list(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items) out.append(out.size() > 1 ? "," : "").append(item);
    return out += ']';
}
template <std::convertible_to<std::string_view> T>
std::string json_texts(const std::vector<T>& texts) {
    std::vector<std::string> quoted;
    for (const auto& text : texts) quoted.push_back(json_quoted(text));
    return json_list(quoted);
}

/// The functions of a builder, writing JSON text: what is said about values at load, when there is no engine
/// yet. Bytes, times, durations and values of the engine cannot be said there and become null.
class TextBuilder {
public:
    const tappet_builders* table() const { return &functions(); }
    tappet_builder* handle() { return reinterpret_cast<tappet_builder*>(this); }
    const std::string& text() const { return text_; }

private:
    static TextBuilder& of(tappet_builder* builder) { return *reinterpret_cast<TextBuilder*>(builder); }
    void put(std::string_view json) {
        if (comma_) text_ += ',';
        text_ += json;
        comma_ = true;
    }
    void begin(char open, char close) {
        put(std::string_view(&open, 1));
        comma_ = false;
        closing_.push_back(close);
    }
    static void put_nothing(tappet_builder* b) { of(b).put("null"); }
    static const tappet_builders& functions() {
        static const tappet_builders all = make();
        return all;
    }
    static tappet_builders make() {
        tappet_builders out{};
        out.size = sizeof out;
        out.put_null = put_nothing;
        out.put_bool = [](tappet_builder* b, std::int32_t v) { of(b).put(v ? "true" : "false"); };
        out.put_int = [](tappet_builder* b, std::int64_t v) { of(b).put(json_number(v)); };
        out.put_uint = [](tappet_builder* b, std::uint64_t v) { of(b).put(json_number(v)); };
        out.put_double = [](tappet_builder* b, double v) { of(b).put(json_number(v)); };
        out.put_string = [](tappet_builder* b, tappet_text v) {
            of(b).put(json_quoted(v.size ? std::string_view(v.data, v.size) : std::string_view()));
        };
        out.put_bytes = [](tappet_builder* b, tappet_text) { put_nothing(b); };
        out.put_timestamp = [](tappet_builder* b, std::int64_t, std::int32_t) { put_nothing(b); };
        out.put_duration = out.put_timestamp;
        out.put_value = [](tappet_builder* b, const tappet_value*) { put_nothing(b); };
        out.put_entries = [](tappet_builder*, const tappet_value*) {};
        out.begin_list = [](tappet_builder* b) { of(b).begin('[', ']'); };
        out.begin_map = [](tappet_builder* b) { of(b).begin('{', '}'); };
        out.put_key = [](tappet_builder* b, tappet_text key) {
            of(b).put(json_quoted(std::string_view(key.data, key.size)) + ":");
            of(b).comma_ = false;
        };
        out.end = [](tappet_builder* b) {
            of(b).text_ += of(b).closing_.back();
            of(b).closing_.pop_back();
            of(b).comma_ = true;
        };
        out.mark_secret = [](tappet_builder*) {};
        return out;
    }

    std::string text_, closing_;
    bool comma_ = false;
};

}  // namespace tappet::sdk
