#include <charconv>
#include <cmath>
#include <optional>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "expr/text.hpp"

namespace tappet {
namespace {

constexpr std::string_view kRedacted = "\"\u2022\u2022\u2022\u2022\"";
constexpr int kMaxDepth = 512;  ///< deeper than any value that JSON or an expression may build

/// What is no UTF-8 leaves as U+FFFD: whoever reads JSON refuses all of it for one such byte.
void append_string(std::string& out, std::string_view text) {
    static constexpr char kHex[] = "0123456789abcdef";
    const std::size_t begin = out.size();
    unsigned char all = 0;
    out.push_back('"');
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        all |= c;
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, from, i - from);
        from = i + 1;
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            default:
                out += "\\u00";
                out.push_back(kHex[c >> 4]);
                out.push_back(kHex[c & 15]);
        }
    }
    out.append(text, from);
    if (all >= 0x80 && find_invalid_utf8(text) != std::string_view::npos) {
        std::string written = out.substr(begin);
        make_utf8(written);
        out.replace(begin, std::string::npos, written);
    }
    out.push_back('"');
}

template <class Number>
void append_number(std::string& out, Number v) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
    out.append(buffer, end);
}

/// Writes a value; what cannot be written is printed as null and its path kept.
class JsonWriter {
public:
    JsonWriter(std::string& out, const JsonStyle& style) : out_(out), style_(style) {}
    void write(const Value& value) { write(value, 0); }
    const std::optional<std::string>& problem() const { return problem_; }

private:
    void newline(int level) {
        if (style_.indent == 0) return;
        out_.push_back('\n');
        out_.append(static_cast<std::size_t>(level * style_.indent), ' ');
    }

    void reject(const char* what) {
        out_ += "null";
        if (problem_) return;
        std::string path = "$";
        for (const Step& step : path_) {
            if (step.key)
                path += "." + std::string(*step.key);
            else
                path += "[" + std::to_string(step.index) + "]";
        }
        problem_ = std::string(what) + " cannot be written as JSON, at " + path;
    }

    void write(const Value& v, int level) {
        if (v.secret() && style_.secrets == Secrets::redact) {
            out_ += kRedacted;
            return;
        }
        switch (v.kind()) {
            case Kind::null:
                out_ += "null";
                return;
            case Kind::boolean:
                out_ += v.as_boolean() ? "true" : "false";
                return;
            case Kind::integer:
                return append_number(out_, v.as_integer());
            case Kind::uint:
                return append_number(out_, v.as_uint());
            case Kind::number:
                if (!std::isfinite(v.as_number()))
                    return reject(std::isnan(v.as_number()) ? "NaN" : "an infinite number");
                out_ += number_text(v.as_number());
                return;
            case Kind::string:
                return append_string(out_, v.as_string());
            case Kind::bytes:
                return append_string(out_, to_base64(v.as_string()));
            case Kind::timestamp:
                return append_string(out_, timestamp_text(v.seconds(), v.nanos()));
            case Kind::duration:
                return append_string(out_, duration_text(v.seconds(), v.nanos()));
            case Kind::list:
                return list(v, level);
            case Kind::map:
                return map(v, level);
            case Kind::type:
                return reject("a type");
            case Kind::optional:
                if (const Value* inner = v.optional_value()) return write(*inner, level);
                return reject("an empty optional");
        }
    }

    void list(const Value& v, int level) {
        if (level >= kMaxDepth) return reject("a value nested this deep");
        out_.push_back('[');
        std::size_t index = 0;
        for (const Value& item : v.items()) {
            if (index > 0) out_.push_back(',');
            newline(level + 1);
            path_.push_back({nullptr, index++});
            write(item, level + 1);
            path_.pop_back();
        }
        if (index > 0) newline(level);
        out_.push_back(']');
    }

    void map(const Value& v, int level) {
        if (level >= kMaxDepth) return reject("a value nested this deep");
        out_.push_back('{');
        bool first = true;
        for (const MapEntry& entry : v.entries()) {
            if (!first) out_.push_back(',');
            first = false;
            newline(level + 1);
            const std::string key = key_text(entry.key);
            if (entry.key.secret() && style_.secrets == Secrets::redact)
                out_ += kRedacted;
            else
                append_string(out_, key);
            out_ += style_.indent > 0 ? ": " : ":";
            path_.push_back({&key, 0});
            write(entry.value, level + 1);
            path_.pop_back();
        }
        if (!first) newline(level);
        out_.push_back('}');
    }

    struct Step {
        const std::string* key;
        std::size_t index;
    };
    std::string& out_;
    const JsonStyle& style_;
    std::vector<Step> path_;
    std::optional<std::string> problem_;
};

/// Whether a value leaves through JSON as it is; no for one that is nested too deep.
bool is_json(const Value& value, int depth) {
    if (depth > kMaxDepth) return false;
    switch (value.kind()) {
        case Kind::null:
        case Kind::boolean:
        case Kind::integer:
        case Kind::string:
            return true;
        case Kind::number:
            return std::isfinite(value.as_number());
        case Kind::list:
            for (const Value& item : value.items())
                if (!is_json(item, depth + 1)) return false;
            return true;
        case Kind::map:
            for (const MapEntry& entry : value.entries())
                if (!entry.key.is(Kind::string) || !is_json(entry.value, depth + 1)) return false;
            return true;
        default:
            return false;
    }
}

Value marked(Value value, const Value& from) { return from.secret() ? value.as_secret() : value; }

Result<Value> convert(const Value& value, std::string& path, int depth) {
    const auto reject = [&](const char* what) {
        return Error::invalid(std::string(what) + " cannot leave an expression, at $" + path);
    };
    if (depth > kMaxDepth) return reject("a value nested this deep");
    switch (value.kind()) {
        case Kind::uint:
            if (value.as_uint() <= static_cast<std::uint64_t>(INT64_MAX))
                return marked(Value::integer(static_cast<std::int64_t>(value.as_uint())), value);
            return marked(Value::number(static_cast<double>(value.as_uint())), value);
        case Kind::number:
            if (!std::isfinite(value.as_number()))
                return reject(std::isnan(value.as_number()) ? "NaN" : "an infinite number");
            return value;
        case Kind::bytes:
            return marked(Value::string(to_base64(value.as_string())), value);
        case Kind::timestamp:
            return marked(Value::string(timestamp_text(value.seconds(), value.nanos())), value);
        case Kind::duration:
            return marked(Value::string(duration_text(value.seconds(), value.nanos())), value);
        case Kind::type:
            return reject("a type");
        case Kind::optional:
            if (const Value* inner = value.optional_value()) {
                auto out = convert(*inner, path, depth + 1);
                return out ? Result<Value>(marked(*out, value)) : out;
            }
            return reject("an empty optional");
        case Kind::list: {
            std::vector<Value> items;
            items.reserve(value.size());
            const std::size_t length = path.size();
            for (const Value& item : value.items()) {
                path += "[" + std::to_string(items.size()) + "]";
                auto out = convert(item, path, depth + 1);
                if (!out) return out;
                path.resize(length);
                items.push_back(std::move(*out));
            }
            return marked(Value::list(std::move(items)), value);
        }
        case Kind::map: {
            std::vector<MapEntry> entries;
            entries.reserve(value.size());
            const std::size_t length = path.size();
            for (const MapEntry& entry : value.entries()) {
                const std::string key = key_text(entry.key);
                path += "." + key;
                auto out = convert(entry.value, path, depth + 1);
                if (!out) return out;
                path.resize(length);
                entries.push_back(
                    {entry.key.is(Kind::string) ? entry.key : marked(Value::string(key), entry.key),
                     std::move(*out)});
            }
            return marked(Value::map(std::move(entries)), value);
        }
        default:
            return value;
    }
}

}  // namespace

Result<std::string> write_json(const Value& value, const JsonStyle& style) {
    std::string out;
    JsonWriter writer(out, style);
    writer.write(value);
    if (writer.problem()) return Error::invalid(*writer.problem());
    return out;
}

void append_json(std::string& out, const Value& value, const JsonStyle& style) {
    JsonWriter(out, style).write(value);
}

Result<Value> to_json_value(const Value& value) {
    if (is_json(value, 0)) return value;
    std::string path;
    return convert(value, path, 0);
}

}  // namespace tappet
