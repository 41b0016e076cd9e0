#include "rig.hpp"

using namespace tappet;
using namespace tappet::expr;
using namespace tappet::expr::test;

namespace {

Rig rig() {
    Rig out;
    out.json(
        "trigger.body",
        R"({"companyId":"c1","price":10,"ratio":0.5,"items":[{"id":"a","n":2},{"id":"b","n":1}],"none":null})");
    out.json("configVars", R"({"App Base URL":"http://app"})").absent("stepResults.gone");
    return out;
}

std::string show(std::string_view source) { return rig().show(source); }

}  // namespace

TEST(ExprEval, SelectsByPath) {
    EXPECT_EQ(show("trigger.body.companyId"), "\"c1\"");
    EXPECT_EQ(show("trigger.body.items[1].id"), "\"b\"");
    EXPECT_EQ(show("configVars['App Base URL'] + '/x'"), "\"http://app/x\"");
    EXPECT_EQ(show("trigger.body.nope"), "error: no such key: nope");
    EXPECT_EQ(show("trigger.body.none.x"), "error: no such key: x (null has no fields)");
    EXPECT_EQ(show("trigger.body.items[2]"), "error: index out of range: 2 of 2");
    EXPECT_EQ(show("stepResults.gone"), "error: no such value: stepResults.gone");
}

TEST(ExprEval, ErrorsPointAtWhatFailed) {
    const Rig names = rig();
    const auto at = [&](std::string_view source) {
        const EvalError error = names.run(source).error;
        return std::string(source.substr(error.begin, error.end - error.begin));
    };
    EXPECT_EQ(at("1 + trigger.body.items[0].nope.deeper"), "nope");
    EXPECT_EQ(at("trigger.body.price / 0"), "/");
    EXPECT_EQ(at("size(trigger.body.items) > 1 && int(trigger.body.companyId) > 0"), "int");
    EXPECT_EQ(at("stepResults.gone == 1"), "stepResults.gone");
}

TEST(ExprEval, LogicGoesOnWhereAnErrorDoesNotDecide) {
    EXPECT_EQ(show("trigger.body.nope || true"), "true");
    EXPECT_EQ(show("trigger.body.nope && false"), "false");
    EXPECT_EQ(show("trigger.body.nope || false"), "error: no such key: nope");
    EXPECT_EQ(show("trigger.body.items.exists(x, x.n == 1 || x.nope)"), "true");
    EXPECT_EQ(show("has(trigger.body.nope) && trigger.body.nope"), "false");
    EXPECT_EQ(show("has(stepResults.gone)"), "false");
    EXPECT_EQ(show("has(trigger.body['companyId'])"), "true");
}

TEST(ExprEval, NumbersOfJsonMix) {
    EXPECT_EQ(show("trigger.body.price * trigger.body.ratio"), "5.0");
    EXPECT_EQ(show("trigger.body.price + 1"), "11");
    EXPECT_EQ(show("trigger.body.price > 9.5"), "true");
    EXPECT_EQ(show("7 / 2"), "3");
    EXPECT_EQ(show("7 / 2.0"), "3.5");
    EXPECT_EQ(show("math.round(trigger.body.price)"), "10.0");
    EXPECT_EQ(show("1 == 1.0 && 1 in [1.0]"), "true");
    EXPECT_EQ(show("9223372036854775807 + 1"), "error: a whole number beyond 64 bits");
}

TEST(ExprEval, MacrosWalkOverListsAndMaps) {
    EXPECT_EQ(show("trigger.body.items.map(x, x.id)"), R"(["a","b"])");
    EXPECT_EQ(show("trigger.body.items.filter(x, x.n > 1).map(x, x.id)"), R"(["a"])");
    EXPECT_EQ(show("trigger.body.items.map(x, x.n > 1, x.id)"), R"(["a"])");
    EXPECT_EQ(show("{'a': 1, 'b': 2}.map(k, k)"), R"(["a","b"])");
    EXPECT_EQ(show("[5, 6].transformList(i, v, i + v)"), "[5,7]");
    EXPECT_EQ(show("{'a': 1, 'b': 2}.transformMap(k, v, v * 2)"), R"({"a":2,"b":4})");
    EXPECT_EQ(show("['x', 'y'].transformMapEntry(i, v, {v: i})"), R"({"x":0,"y":1})");
    EXPECT_EQ(show("['x', 'x'].transformMapEntry(i, v, {v: i})"), "error: the same key twice in a map");
    EXPECT_EQ(show("[[1, 2], [3]].map(l, l.map(x, x * size(l)))"), "[[2,4],[3]]");
    EXPECT_EQ(show("[1, 2, 3].exists_one(x, x > 2)"), "true");
    EXPECT_EQ(show("trigger.body.items.sortBy(x, x.n).map(x, x.id)"), R"(["b","a"])");
}

TEST(ExprEval, OptionalsReachForWhatMayBeMissing) {
    EXPECT_EQ(show("trigger.body.?nope.orValue('x')"), "\"x\"");
    EXPECT_EQ(show("trigger.body.?nope.deeper.orValue('x')"), "\"x\"");
    EXPECT_EQ(show("trigger.body.?none.x.orValue('x')"), "error: no such key: x (null has no fields)");
    EXPECT_EQ(show("trigger.body.?none.?x.orValue('x')"), "\"x\"");
    EXPECT_EQ(show("trigger.body.items[?5].?id.orValue('x')"), "\"x\"");
    EXPECT_EQ(show("trigger.body.?companyId.optMap(c, c + '!').orValue('')"), "\"c1!\"");
    EXPECT_EQ(show("optional.none().or(optional.of(1)).value()"), "1");
    EXPECT_EQ(show("trigger.body.?companyId.orValue(1 / 0)"), "\"c1\"");
    EXPECT_EQ(show("[?trigger.body.?nope, 1]"), "[1]");
    EXPECT_EQ(show("{?'a': trigger.body.?nope, 'b': 1}"), R"({"b":1})");
    EXPECT_EQ(show("optional.unwrap([optional.of(1), optional.none()])"), "[1]");
    EXPECT_EQ(show("[optional.of(1), optional.none()].unwrapOpt()"), "[1]");
    EXPECT_EQ(show("optional.none().value()"), "error: value() of an optional that has none");
    EXPECT_EQ(show("[1, 2].last().value()"), "2");
    EXPECT_EQ(show("[].first().hasValue()"), "false");
}

TEST(ExprEval, StringsAreCountedInCodePoints) {
    EXPECT_EQ(show("size('äö😀')"), "3");
    EXPECT_EQ(show("'tacocat'.charAt(3)"), "\"o\"");
    EXPECT_EQ(show("'tacocat'.charAt(7)"), "\"\"");
    EXPECT_EQ(show("'©αT'.charAt(1)"), "\"α\"");
    EXPECT_EQ(show("'ta©o©αT'.lastIndexOf('©')"), "4");
    EXPECT_EQ(show("'tacocat'.lastIndexOf('at', 3)"), "-1");
    EXPECT_EQ(show("'tacocat'.lastIndexOf('ac', 3)"), "1");
    EXPECT_EQ(show("'tacocat'.lastIndexOf('')"), "7");
    EXPECT_EQ(show("'tacocat'.lastIndexOf('', 3)"), "3");
    EXPECT_EQ(show("'ab'.lastIndexOf('abc')"), "-1");
    EXPECT_EQ(show("'ta©o©αT'.substring(2, 6)"), "\"©o©α\"");
    EXPECT_EQ(show("'tacocat'.substring(7)"), "\"\"");
    EXPECT_EQ(show("'gums'.reverse()"), "\"smug\"");
    EXPECT_EQ(show("'ta©'.reverse()"), "\"©at\"");
}

TEST(ExprEval, StringsAreTakenApartAndPutTogether) {
    EXPECT_EQ(show("'12 days 12 hours'.replace('12', '2')"), "\"2 days 2 hours\"");
    EXPECT_EQ(show("'aaa'.replace('a', 'b', 2)"), "\"bba\"");
    EXPECT_EQ(show("'aaa'.replace('a', 'b', 0)"), "\"aaa\"");
    EXPECT_EQ(show("'aé'.replace('', '-')"), "\"-a-é-\"");
    EXPECT_EQ(show("'a,b,c'.split(',')"), R"(["a","b","c"])");
    EXPECT_EQ(show("'a,b,c'.split(',', 2)"), R"(["a","b,c"])");
    EXPECT_EQ(show("'a,b,c'.split(',', 0)"), "[]");
    EXPECT_EQ(show("'a,b,c'.split(',', 1)"), R"(["a,b,c"])");
    EXPECT_EQ(show("'aé'.split('')"), R"(["a","é"])");
    EXPECT_EQ(show("','.split(',')"), R"(["",""])");
    EXPECT_EQ(show("''.split(',')"), R"([""])");
    EXPECT_EQ(show("['x', 'y'].join() + ['x', 'y'].join('-')"), "\"xyx-y\"");
    EXPECT_EQ(show("[1].map(x, dyn(x)).join()"), "error: join() needs a list of strings; one item is an int");
    EXPECT_EQ(show(R"(' \t\u00a0text\u3000\n'.trim())"), "\"text\"");
    EXPECT_EQ(show(R"('\u180etext\u200b'.trim().size())"), "6");
    EXPECT_EQ(show("'%d items for %s, %.2f'.format([3, 'x', 1.005])"), "\"3 items for x, 1.00\"");
    EXPECT_EQ(show("'%d'.format([])"), "error: format(): more placeholders than the 0 values");
    EXPECT_EQ(show("'%y'.format([1])"),
              "error: format(): \"%y\" is unknown; there are %s %d %f %e %b %o %x %X");
    EXPECT_EQ(show("'%x'.format([-26])"), "\"-1a\"");
}

TEST(ExprEval, ListsAreSlicedSortedAndFlattened) {
    EXPECT_EQ(show("[1, 2, 3].slice(1, 2)"), "[2]");
    EXPECT_EQ(show("[1, 2, 3].slice(2, 4)"), "error: slice() from 2 to 4 of a list of 3");
    EXPECT_EQ(show("[[1, [2]], [3]].flatten()"), "[1,[2],3]");
    EXPECT_EQ(show("[[1, [2, [3]]]].flatten(2)"), "[1,2,[3]]");
    EXPECT_EQ(show("[1, [2]].flatten(0)"), "[1,[2]]");
    EXPECT_EQ(show("lists.range(3)"), "[0,1,2]");
    EXPECT_EQ(show("[1, 1.0, 'a', 1u, 'a', [1], [1.0]].distinct()"), R"([1,"a",[1]])");
    EXPECT_EQ(show("[3, 1.5, 2].sort()"), "[1.5,2,3]");
    EXPECT_EQ(show("['b', 'a'].sort()"), R"(["a","b"])");
    EXPECT_EQ(show("[dyn('b'), dyn(1)].sort()"), "error: no such overload: string < int");
    EXPECT_EQ(show("[1, 2].reverse()"), "[2,1]");
}

TEST(ExprEval, MathKnowsItsEdges) {
    EXPECT_EQ(show("math.ceil(1.2)"), "2.0");
    EXPECT_EQ(show("math.round(-1.5)"), "-2.0");
    EXPECT_EQ(show("math.sqrt(49)"), "7.0");
    EXPECT_EQ(show("math.bitShiftLeft(1, 63)"), "-9223372036854775808");
    EXPECT_EQ(show("math.bitShiftLeft(1u, 64)"), "0");
    EXPECT_EQ(show("math.bitShiftLeft(1, -1)"), "error: a shift by a negative number");
    EXPECT_EQ(show("math.greatest([dyn(1), dyn('a')])"), "error: no such overload: math.greatest(list)");
    EXPECT_EQ(show("math.greatest([])"), "error: math.greatest() of an empty list");
    EXPECT_EQ(show("math.isFinite(1.0 / 0.0)"), "false");
}

TEST(ExprEval, TimesAreReadInTheirZone) {
    EXPECT_EQ(show("timestamp('2024-07-01T22:30:00Z').getHours('Europe/Berlin')"), "0");
    EXPECT_EQ(show("timestamp('2024-01-01T22:30:00Z').getHours('Europe/Berlin')"), "23");
    EXPECT_EQ(show("timestamp('2024-07-01T22:30:00Z').getDate('Europe/Berlin')"), "2");
    EXPECT_EQ(show("timestamp('2024-07-01T22:30:00Z').getMinutes('Asia/Kolkata')"), "0");
    EXPECT_EQ(show("timestamp('2024-07-01T22:30:00Z').getHours('-08:00')"), "14");
    EXPECT_EQ(show("timestamp('2024-07-01T22:30:00Z').getDayOfMonth('02:11')"), "1");
    EXPECT_EQ(show("timestamp('2024-12-31T23:30:00Z').getFullYear('+01:00')"), "2025");
    EXPECT_EQ(show("timestamp('2024-12-31T12:00:00Z').getDayOfYear()"), "365");
    EXPECT_EQ(show("timestamp('2024-07-07T12:00:00Z').getDayOfWeek()"), "0");
    EXPECT_EQ(show("timestamp('0001-01-01T00:00:00.5Z').getMilliseconds()"), "500");
    EXPECT_EQ(show("timestamp('2024-07-01T22:30:00Z').getHours('Nowhere/Land')"),
              "error: \"Nowhere/Land\" is no time zone; write \"Europe/Berlin\" or \"+02:00\"");
    EXPECT_EQ(show("timestamp('2024-07-01T22:30:00Z').getHours('../../etc/passwd')").substr(0, 6), "error:");
    EXPECT_EQ(show("timestamp('2024-07-01T00:00:00+02:00') + duration('1.5s')"),
              "\"2024-06-30T22:00:01.500Z\"");
    EXPECT_EQ(show("duration('3d') == duration('72h')"), "true");
}

TEST(ExprEval, BytesTravelAsBase64) {
    EXPECT_EQ(show("base64.encode(b'hello')"), "\"aGVsbG8=\"");
    EXPECT_EQ(show("string(base64.decode('aGVsbG8'))"), "\"hello\"");
    EXPECT_EQ(show("base64.decode('%')"), "error: \"%\" is not base64");
}

TEST(ExprEval, NamesHideEachOtherFromTheInside) {
    Rig names;
    names.json("x", "1").json("x.y", "2").json("a.b", R"({"c":3})");
    EXPECT_EQ(names.show("x"), "1");
    EXPECT_EQ(names.show("x.y"), "2");
    EXPECT_EQ(names.show("a.b.c"), "3");
    EXPECT_EQ(names.show("[5].map(x, x)"), "[5]");
    EXPECT_EQ(names.show("[5].map(x, .x)"), "[1]");
    EXPECT_EQ(names.show("cel.bind(x, {'y': 7}, x.y)"), "7");
}

TEST(ExprEval, ReservedWordsAreKnown) {
    for (const char* word :
         {"in", "loop", "as", "function", "namespace", "size", "int", "has", "timestamp", "null"})
        EXPECT_TRUE(is_reserved(word)) << word;
    for (const char* word : {"trigger", "location", "value", "Loop"}) EXPECT_FALSE(is_reserved(word)) << word;
}
