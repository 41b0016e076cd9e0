// Changes of records that a source lists whole, by their content.
#include <tappet/changes.hpp>
#include <tappet/plugin.hpp>
#include <tappet/testing.hpp>

#include <gtest/gtest.h>

namespace tappet::sdk {
namespace {

using mock::Host;
using mock::Outcome;
using mock::Value;

/// Tells what changed in the list that its settings hold.
PollResult listed(const Context&, const PollInput& input) {
    const View settings = input.settings(), records = settings["records"];
    Changes changes(input,
                    settings["noted"].boolean_or(false) ? Changes::First::noted : Changes::First::told);
    PollResult out;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const View record = records.at(i);
        switch (changes.change(record["id"].string(), record)) {
            case Changes::Change::added:
                out.event("", Json("+" + std::string(record["id"].string())));
                break;
            case Changes::Change::changed:
                out.event("", Json("*" + std::string(record["id"].string())));
                break;
            default:
                break;
        }
    }
    if (settings["removed"].boolean_or(true))
        for (const std::string& key : changes.removed()) out.event("", Json("-" + key));
    changes.finish(out);
    return out;
}

void define(Plugin& plugin) {
    plugin.named("listing", "1.0.0");
    plugin.poll("listed", listed);
}

class SdkChanges : public ::testing::Test {
protected:
    /// What the next poll tells of these records, "+a *b -c"; its cursor and `more` are kept.
    std::string poll(const std::vector<Value>& records, std::int64_t limit = 100) {
        Value settings = more_settings, list = Value::list();
        for (const Value& each : records) list.push(each);
        settings.set("records", std::move(list));
        const Outcome outcome = host.poll("listed", cursor, settings, limit);
        if (!outcome.ok()) return outcome.message();
        cursor = outcome["cursor"];
        more = outcome["more"].json() == "true";
        std::string out;
        for (std::size_t i = 0; i < outcome["events"].size(); ++i)
            out += (i > 0 ? " " : "") + std::string(outcome["events"][i]["body"].string());
        return out;
    }
    static Value record(const std::string& id, std::int64_t n) { return {{"id", id}, {"n", n}}; }

    Host host{entry_of<define>};
    Value cursor, more_settings = Value::object();
    bool more = false;
};

TEST_F(SdkChanges, TellWhatIsNewAndWhatChangedAndWhatIsGone) {
    EXPECT_EQ(poll({record("a", 1), record("b", 1)}), "+a +b");
    EXPECT_EQ(poll({record("a", 1), record("b", 1)}), "");
    EXPECT_EQ(poll({record("b", 1), record("a", 2), record("c", 1)}), "*a +c");
    EXPECT_EQ(poll({record("a", 2)}), "-b -c");
    EXPECT_EQ(poll({record("a", 1), record("b", 1)}), "*a +b") << "back is a change, and so is again";
    EXPECT_EQ(poll({}), "-a -b");
    EXPECT_EQ(poll({}), "");
}

TEST_F(SdkChanges, TakeTheSameContentInAnotherFormAsTheSame) {
    const Value before{{"id", "a"}, {"deep", {{"x", 1}, {"y", {1, 2}}}}, {"t", "1"}};
    const Value same{{"t", "1"}, {"deep", {{"y", {1, 2}}, {"x", 1.0}}}, {"id", "a"}};
    EXPECT_EQ(poll({before}), "+a");
    EXPECT_EQ(poll({same}), "");
    const Value order{{"id", "a"}, {"deep", {{"x", 1}, {"y", {2, 1}}}}, {"t", "1"}};
    EXPECT_EQ(poll({order}), "*a") << "the order of a list is content";
    const Value type{{"id", "a"}, {"deep", {{"x", 1}, {"y", {2, 1}}}}, {"t", 1}};
    EXPECT_EQ(poll({type}), "*a");
    const Value null{{"id", "a"}, {"deep", {{"x", 1}, {"y", {2, 1}}}}, {"t", nullptr}};
    EXPECT_EQ(poll({null}), "*a");
}

TEST_F(SdkChanges, TellWhatIsTooMuchForOnePollByTheNextOnes) {
    EXPECT_EQ(poll({record("a", 1), record("b", 1), record("c", 1)}, 2), "+a +b");
    EXPECT_TRUE(more);
    EXPECT_EQ(poll({record("a", 1), record("b", 1), record("c", 1)}, 2), "+c");
    EXPECT_FALSE(more);
    EXPECT_EQ(poll({record("a", 2), record("b", 2), record("d", 1)}, 1), "*a");
    EXPECT_EQ(poll({record("a", 2), record("b", 2), record("d", 1)}, 1), "*b");
    EXPECT_EQ(poll({record("a", 2), record("b", 2), record("d", 1)}, 1), "+d");
    EXPECT_TRUE(more) << "c is gone";
    EXPECT_EQ(poll({record("a", 2), record("b", 2), record("d", 1)}, 1), "-c");
    EXPECT_FALSE(more);
    EXPECT_EQ(poll({record("a", 2), record("b", 2), record("d", 1)}, 1), "");
}

TEST_F(SdkChanges, NoteWhatIsThereFirstWhereThatIsWanted) {
    more_settings.set("noted", true);
    EXPECT_EQ(poll({record("a", 1), record("b", 1), record("c", 1)}, 1), "");
    EXPECT_FALSE(more);
    EXPECT_EQ(poll({record("a", 2), record("b", 1), record("c", 1), record("d", 1)}), "*a +d");
}

TEST_F(SdkChanges, ForgetWhatIsGoneWhereNobodyAsks) {
    more_settings.set("removed", false);
    EXPECT_EQ(poll({record("a", 1), record("b", 1)}), "+a +b");
    EXPECT_EQ(poll({record("a", 1)}), "");
    EXPECT_EQ(poll({record("a", 1), record("b", 1)}), "+b");
}

TEST_F(SdkChanges, CountARecordThatIsListedTwiceAsItComesFirst) {
    EXPECT_EQ(poll({record("a", 1), record("a", 2)}), "+a");
    EXPECT_EQ(poll({record("a", 1), record("a", 3)}), "");
}

TEST_F(SdkChanges, SayWhatIsTooMuchForACursor) {
    std::vector<Value> many;
    for (int i = 0; i < 1'100; ++i) many.push_back(record(std::string(1'000, 'k') + std::to_string(i), 1));
    more_settings.set("noted", true);
    const std::string said = poll(many);
    EXPECT_NE(said.find("of 1100 records take 11"), std::string::npos) << said;
    EXPECT_NE(said.find("a cursor holds 1048512: let the source list fewer"), std::string::npos) << said;
    EXPECT_TRUE(cursor.is_null());
}

TEST_F(SdkChanges, KeepTheirKeysOfAnyLength) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{127}, std::size_t{128}, std::size_t{20'000}}) {
        cursor = Value();
        const Value one = record(std::string(size, 'k'), 1);
        EXPECT_NE(poll({one}), "");
        EXPECT_EQ(poll({one}), "") << size;
    }
}

TEST_F(SdkChanges, RefuseACursorOfAnotherKind) {
    for (const Value& other : {Value(7), Value("abc"), Value::bytes(""), Value::bytes("\x02"),
                               Value::bytes("\x01\x05key"), Value::bytes("\x01\xff\xff\xff\xff\xff\xff")}) {
        cursor = other;
        EXPECT_NE(poll({}).find("tappet poll reset"), std::string::npos) << other.json();
    }
}

TEST(SdkContentHash, IsSipHash24) {
    std::string bytes;
    for (char i = 0; i < 15; ++i) bytes += i;
    EXPECT_EQ(content_hash(std::string_view(bytes)), 0xa129ca6149be45e5u) << "the vector of its authors";
    EXPECT_EQ(content_hash(std::string_view()), 0x726fdb47dd0e0e31u);
}

}  // namespace
}  // namespace tappet::sdk
