// The `strings` extension, but format(). Offsets and lengths are in code points.
#include <algorithm>

#include "base/encoding.hpp"
#include "expr/functions/function.hpp"
#include "expr/functions/search.hpp"
#include "expr/functions/utf8.hpp"

namespace tappet::expr {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

bool text(Call& call, std::size_t i) { return call.kind(i) == Kind::string; }
bool whole(Call& call, std::size_t i) { return call.kind(i) == Kind::integer; }

Value out_of_range(Call& call, std::int64_t index) {
    for (const Value& argument : call.arguments)
        if (argument.secret()) return call.fail("index out of range");
    return call.fail("index out of range: " + std::to_string(index));
}

std::int64_t length(Call& call) {
    call.meter.spend_bytes(call[0].size());
    return static_cast<std::int64_t>(count_code_points(call[0].as_string()));
}

std::size_t offset(std::string_view in, std::int64_t index, std::size_t from = 0) {
    return utf8_offset(in, static_cast<std::size_t>(index), from);
}

Value built(Call& call, std::string_view made) {
    if (!call.meter.spend_bytes(made.size())) return {};
    return Value::string(made);
}

Value char_at(Call& call) {
    if (!text(call, 0) || !whole(call, 1)) return call.no_overload();
    const std::int64_t size = length(call), at = call[1].as_integer();
    if (at < 0 || at > size) return out_of_range(call, at);
    const std::string_view in = call[0].as_string();
    const std::size_t begin = offset(in, at);
    return Value::string(in.substr(begin, utf8_offset(in, 1, begin) - begin));
}

/// Code points ahead of a byte offset, as a result.
Value position(std::string_view in, std::size_t found) {
    if (found == kNone) return Value::integer(-1);
    return Value::integer(static_cast<std::int64_t>(count_code_points(in.substr(0, found))));
}

Value index_of(Call& call) {
    if (!text(call, 0) || !text(call, 1) || (call.size() == 3 && !whole(call, 2))) return call.no_overload();
    const std::int64_t size = length(call), from = call.size() == 3 ? call[2].as_integer() : 0;
    if (from < 0 || from > size) return out_of_range(call, from);
    const std::string_view in = call[0].as_string();
    return position(in, find_text(in, call[1].as_string(), offset(in, from)));
}

Value last_index_of(Call& call) {
    if (!text(call, 0) || !text(call, 1) || (call.size() == 3 && !whole(call, 2))) return call.no_overload();
    const std::int64_t size = length(call), last = call.size() == 3 ? call[2].as_integer() : size;
    if (last < 0 || last > size) return out_of_range(call, last);
    const std::string_view in = call[0].as_string();
    return position(in, find_last_text(in, call[1].as_string(), offset(in, last)));
}

Value substring(Call& call) {
    if (!text(call, 0) || !whole(call, 1) || (call.size() == 3 && !whole(call, 2))) return call.no_overload();
    const std::int64_t size = length(call), begin = call[1].as_integer();
    const std::int64_t end = call.size() == 3 ? call[2].as_integer() : size;
    if (begin < 0 || begin > size) return out_of_range(call, begin);
    if (end < begin || end > size) return out_of_range(call, end);
    const std::string_view in = call[0].as_string();
    const std::size_t from = offset(in, begin);
    return built(call, in.substr(from, offset(in, end - begin, from) - from));
}

template <class Change>
Value each_byte(Call& call, const Change& change) {
    if (!text(call, 0)) return call.no_overload();
    std::string out(call[0].as_string());
    for (char& c : out) c = change(c);
    return built(call, out);
}

Value lower_ascii(Call& call) {
    return each_byte(call,
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
}
Value upper_ascii(Call& call) {
    return each_byte(call,
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
}

/// Unicode's White_Space.
bool is_space(std::string_view c) {
    static constexpr std::string_view kWide[] = {
        "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
        "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};
    if (c.size() == 1) return c[0] == ' ' || (c[0] >= '\t' && c[0] <= '\r');
    return std::find(std::begin(kWide), std::end(kWide), c) != std::end(kWide);
}

Value trim(Call& call) {
    if (!text(call, 0)) return call.no_overload();
    if (!call.meter.spend_bytes(call[0].size())) return {};
    std::string_view rest = call[0].as_string();
    while (!rest.empty()) {
        const std::size_t first = utf8_offset(rest, 1);
        if (!is_space(rest.substr(0, first))) break;
        rest.remove_prefix(first);
    }
    while (!rest.empty()) {
        std::size_t last = rest.size() - 1;
        while (last > 0 && (static_cast<unsigned char>(rest[last]) & 0xc0) == 0x80) --last;
        if (!is_space(rest.substr(last))) break;
        rest.remove_suffix(rest.size() - last);
    }
    return Value::string(rest);
}

/// Where `part` begins, one after the other without overlap. Of an empty part: ahead of each code point, and
/// at the end.
class Occurrences {
public:
    Occurrences(std::string_view in, std::string_view part) : in_(in), part_(part) {}
    std::size_t next() {
        if (from_ > in_.size()) return kNone;
        const std::size_t found = find_text(in_, part_, from_);
        const bool at_end = found == kNone || (part_.empty() && found == in_.size());
        from_ = at_end ? in_.size() + 1 : part_.empty() ? utf8_offset(in_, 1, found) : found + part_.size();
        return found;
    }

private:
    std::string_view in_;
    std::string_view part_;
    std::size_t from_ = 0;
};

Value replace(Call& call) {
    if (!text(call, 0) || !text(call, 1) || !text(call, 2) || (call.size() == 4 && !whole(call, 3)))
        return call.no_overload();
    const std::string_view in = call[0].as_string(), old = call[1].as_string(), fresh = call[2].as_string();
    const std::int64_t limit = call.size() == 4 ? call[3].as_integer() : -1;
    const auto most = limit < 0 ? kNone : static_cast<std::size_t>(limit);
    if (!call.meter.spend_bytes(in.size())) return {};
    std::size_t count = 0;
    for (Occurrences found(in, old); count < most && found.next() != kNone;) ++count;
    if (!call.meter.spend(count)) return {};
    const std::size_t size = in.size() - count * old.size() + count * fresh.size();
    if (!call.meter.fits(size) || !call.meter.spend_bytes(size)) return {};
    std::string out;
    out.reserve(size);
    std::size_t copied = 0;
    Occurrences found(in, old);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = found.next();
        out.append(in.substr(copied, at - copied)).append(fresh);
        copied = at + old.size();
    }
    out.append(in.substr(copied));
    return Value::string(out);
}

Value split(Call& call) {
    if (!text(call, 0) || !text(call, 1) || (call.size() == 3 && !whole(call, 2))) return call.no_overload();
    const std::string_view in = call[0].as_string(), by = call[1].as_string();
    const std::int64_t limit = call.size() == 3 ? call[2].as_integer() : -1;
    std::vector<Value> parts;
    if (limit == 0 || (by.empty() && in.empty())) return Value::list(std::move(parts));
    if (!call.meter.spend_bytes(in.size())) return {};
    const auto more = [&] { return limit < 0 || static_cast<std::int64_t>(parts.size()) + 1 < limit; };
    std::size_t begin = 0;
    const auto take = [&](std::size_t end) {
        parts.push_back(Value::string(in.substr(begin, end - begin)));
        begin = end + by.size();
        return call.meter.spend(1) &&
               (parts.size() % 1024 != 0 || call.meter.fits(parts.size() * 3 * sizeof(Value)));
    };
    while (more()) {
        const std::size_t end = by.empty() ? utf8_offset(in, 1, begin) : find_text(in, by, begin);
        if (end == kNone || (by.empty() && end == in.size())) break;
        if (!take(end)) return {};
    }
    take(in.size());
    return Value::list(std::move(parts));
}

Value join(Call& call) {
    if (call.kind(0) != Kind::list || (call.size() == 2 && !text(call, 1))) return call.no_overload();
    const std::string_view between = call.size() == 2 ? call[1].as_string() : std::string_view();
    if (!call.meter.spend(call[0].size())) return {};
    std::size_t size = 0;
    for (const Value& item : call[0].items()) {
        if (!item.is(Kind::string))
            return call.fail("join() needs a list of strings; one item is " +
                             std::string(named(item.kind())));
        size += item.size() + between.size();
    }
    if (!call.meter.fits(size) || !call.meter.spend_bytes(size)) return {};
    std::string out;
    out.reserve(size);
    for (const Value& item : call[0].items()) {
        if (&item != call[0].items().data()) out.append(between);
        out.append(item.as_string());
    }
    return Value::string(out);
}

Value quote(Call& call) {
    if (!text(call, 0)) return call.no_overload();
    static constexpr std::string_view kPlain = "\a\b\f\n\r\t\v\\\"";
    static constexpr std::string_view kLetter = "abfnrtv\\\"";
    if (!call.meter.fits(call[0].size() * 2 + 2)) return {};
    std::string out = "\"";
    for (const char c : call[0].as_string()) {
        const std::size_t special = kPlain.find(c);
        if (special == kNone) {
            out.push_back(c);
        } else {
            out.push_back('\\');
            out.push_back(kLetter[special]);
        }
    }
    out.push_back('"');
    return built(call, out);
}

constexpr Function kFunctions[] = {
    {"charAt", true, "s.i>s", char_at},
    {"indexOf", true, "s.s>i s.s,i>i", index_of},
    {"lastIndexOf", true, "s.s>i s.s,i>i", last_index_of},
    {"substring", true, "s.i>s s.i,i>s", substring},
    {"lowerAscii", true, "s>s", lower_ascii},
    {"upperAscii", true, "s>s", upper_ascii},
    {"trim", true, "s>s", trim},
    {"replace", true, "s.s,s>s s.s,s,i>s", replace},
    {"split", true, "s.s>S s.s,i>S", split},
    {"join", true, "S>s S.s>s", join},
    {"strings.quote", false, "s>s", quote},
};

}  // namespace

std::span<const Function> string_functions() { return kFunctions; }

}  // namespace tappet::expr
