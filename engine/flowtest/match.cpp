#include "flowtest/match.hpp"

#include "base/encoding.hpp"
#include "expr/json.hpp"

namespace tappet::flowtest {

using flow::YamlKind;

namespace {

constexpr std::size_t kMostShown = 2'000;

std::string shown_or_nothing(const Value* value) { return value ? shown(*value) : "nothing"; }

}  // namespace

std::string shown(const Value& value) {
    std::string text;
    append_json(text, value);
    shorten(text, kMostShown);
    return text;
}

void match(const flow::YamlNode& wanted, const Value* got, const std::string& path,
           std::vector<Failure>& out) {
    const auto differs = [&] {
        out.push_back({path, shown(to_value(wanted)), shown_or_nothing(got), wanted.range});
    };
    if (wanted.is(YamlKind::mapping)) {
        if (!got || !got->is(Kind::map)) return differs();
        for (const flow::YamlPair& pair : wanted.pairs)
            match(pair.value, got->find(pair.key), path + "." + pair.key, out);
        return;
    }
    if (wanted.is(YamlKind::sequence)) {
        if (!got || !got->is(Kind::list) || got->size() != wanted.items.size()) return differs();
        for (std::size_t i = 0; i < wanted.items.size(); ++i)
            match(wanted.items[i], &got->items()[i], path + "[" + std::to_string(i) + "]", out);
        return;
    }
    if (wanted.is(YamlKind::null)) {
        if (got && !got->is_null()) differs();
        return;
    }
    if (!got || !(wanted.scalar == *got)) differs();
}

}  // namespace tappet::flowtest
