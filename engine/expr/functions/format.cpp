// format() of the `strings` extension.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/encoding.hpp"
#include "expr/functions/function.hpp"
#include "expr/text.hpp"

namespace tappet::expr {
namespace {

constexpr int kMaxPrecision = 1000;
constexpr int kMaxDepth = 200;  ///< of the values that %s prints

/// One call of format(): text out, or a failure in the meter.
class Formatter {
public:
    Formatter(std::string_view pattern, const Value& list, Meter& meter)
        : pattern_(pattern), list_(list), meter_(meter) {}

    Value run() {
        if (!meter_.spend_bytes(pattern_.size())) return {};
        for (std::size_t i = 0; i < pattern_.size() && !meter_.failed();) {
            const std::size_t percent = std::min(pattern_.find('%', i), pattern_.size());
            put(pattern_.substr(i, percent - i));
            i = percent;
            if (i < pattern_.size()) clause(++i);
        }
        return meter_.failed() ? Value() : Value::string(out_);
    }

private:
    void fail(std::string message) { meter_.fail("format(): " + message); }

    void put(std::string_view text) {
        if (meter_.fits(out_.size() + text.size()) && meter_.spend_bytes(text.size() + 9)) out_.append(text);
    }

    /// Reads what follows a "%", from i on.
    void clause(std::size_t& i) {
        if (!meter_.spend(1)) return;
        if (i < pattern_.size() && pattern_[i] == '%') {
            ++i;
            return put("%");
        }
        int precision = -1;
        if (i < pattern_.size() && pattern_[i] == '.') {
            precision = 0;
            const std::size_t from = ++i;
            for (; i < pattern_.size() && pattern_[i] >= '0' && pattern_[i] <= '9'; ++i)
                precision = std::min(precision * 10 + (pattern_[i] - '0'), kMaxPrecision + 1);
            if (i == from) return fail("a \"%.\" needs digits");
            if (precision > kMaxPrecision)
                return fail("at most " + std::to_string(kMaxPrecision) + " digits after the point");
        }
        if (i >= pattern_.size()) return fail("a \"%\" at the end; a percent sign is written %%");
        const char verb = pattern_[i++];
        if (next_ >= list_.size())
            return fail("more placeholders than the " + std::to_string(list_.size()) + " values");
        const Value& value = list_.items()[next_++];
        switch (verb) {
            case 's':
                return any(value, 0);
            case 'd':
                return decimal(value);
            case 'f':
                return real(value, std::chars_format::fixed, precision);
            case 'e':
                return real(value, std::chars_format::scientific, precision);
            case 'b':
                return based(value, 2);
            case 'o':
                return based(value, 8);
            case 'x':
                return hexadecimal(value, false);
            case 'X':
                return hexadecimal(value, true);
            default:
                return fail("\"%" + std::string(1, verb) +
                            "\" is unknown; there are %s %d %f %e %b %o %x %X");
        }
    }

    void wrong(char verb, const Value& value) {
        fail("\"%" + std::string(1, verb) + "\" cannot print " + std::string(named(value.kind())));
    }

    void decimal(const Value& value) {
        const bool special = value.is(Kind::number) && !std::isfinite(value.as_number());
        if (!special && !value.is(Kind::integer) && !value.is(Kind::uint)) return wrong('d', value);
        put(key_text(value));
    }

    void real(const Value& value, std::chars_format format, int precision) {
        double v = 0;
        if (value.is(Kind::number))
            v = value.as_number();
        else if (value.is(Kind::integer))
            v = static_cast<double>(value.as_integer());
        else if (value.is(Kind::uint))
            v = static_cast<double>(value.as_uint());
        else
            return wrong(format == std::chars_format::fixed ? 'f' : 'e', value);
        if (!std::isfinite(v)) return put(number_text(v));
        char buffer[kMaxPrecision + 400];
        const auto end =
            std::to_chars(buffer, buffer + sizeof buffer, v, format, precision < 0 ? 6 : precision).ptr;
        put({buffer, static_cast<std::size_t>(end - buffer)});
    }

    void based(const Value& value, int base) {
        char buffer[70];
        char* end = buffer;
        if (value.is(Kind::integer))
            end = std::to_chars(buffer, buffer + sizeof buffer, value.as_integer(), base).ptr;
        else if (value.is(Kind::uint))
            end = std::to_chars(buffer, buffer + sizeof buffer, value.as_uint(), base).ptr;
        else if (value.is(Kind::boolean) && base == 2)
            *end++ = value.as_boolean() ? '1' : '0';
        else
            return wrong(base == 2 ? 'b' : base == 8 ? 'o' : 'x', value);
        put({buffer, static_cast<std::size_t>(end - buffer)});
    }

    void hexadecimal(const Value& value, bool upper) {
        const std::size_t from = out_.size();
        if (value.is(Kind::string) || value.is(Kind::bytes)) {
            if (!meter_.fits(from + value.size() * 2)) return;
            put(to_hex(value.as_string()));
        } else {
            based(value, 16);
        }
        if (upper)
            std::transform(out_.begin() + static_cast<std::ptrdiff_t>(from), out_.end(),
                           out_.begin() + static_cast<std::ptrdiff_t>(from), [](char c) {
                               return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
                           });
    }

    void any(const Value& value, int depth) {
        if (meter_.failed()) return;
        if (depth > kMaxDepth) return fail("a value nested too deep");
        switch (value.kind()) {
            case Kind::null:
                return put("null");
            case Kind::string:
            case Kind::type:
                return put(value.as_string());
            case Kind::bytes:
                if (find_invalid_utf8(value.as_string()) != std::string_view::npos)
                    return fail("bytes that are not UTF-8");
                return put(value.as_string());
            case Kind::timestamp:
                return put(timestamp_text(value.seconds(), value.nanos()));
            case Kind::duration:
                return put(duration_text(value.seconds(), value.nanos()));
            case Kind::list:
                put("[");
                for (const Value& item : value.items()) {
                    if (&item != value.items().data()) put(", ");
                    any(item, depth + 1);
                }
                return put("]");
            case Kind::map:
                return map(value, depth);
            case Kind::optional:
                return wrong('s', value);
            default:
                return put(key_text(value));
        }
    }

    /// In the order of the keys' texts.
    void map(const Value& value, int depth) {
        std::vector<std::pair<std::string, const Value*>> sorted;
        if (!meter_.spend(value.size())) return;
        for (const MapEntry& entry : value.entries()) sorted.emplace_back(key_text(entry.key), &entry.value);
        std::stable_sort(sorted.begin(), sorted.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        put("{");
        for (std::size_t i = 0; i < sorted.size(); ++i) {
            if (i > 0) put(", ");
            put(sorted[i].first);
            put(": ");
            any(*sorted[i].second, depth + 1);
        }
        put("}");
    }

    std::string_view pattern_;
    const Value& list_;
    Meter& meter_;
    std::string out_;
    std::size_t next_ = 0;
};

Value format(Call& call) {
    if (call.kind(0) != Kind::string || call.kind(1) != Kind::list) return call.no_overload();
    return Formatter(call[0].as_string(), call[1], call.meter).run();
}

constexpr Function kFunctions[] = {{"format", true, "s.L>s", format}};

}  // namespace

std::span<const Function> format_functions() { return kFunctions; }

}  // namespace tappet::expr
