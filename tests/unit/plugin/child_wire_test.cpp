// What a child writes into its socket, past the library around it.
#include <fcntl.h>

#include <condition_variable>
#include <mutex>

#include "child_rig.hpp"
#include "plugin/child/messages.hpp"
#include "plugin/text_limits.hpp"

namespace tappet::plugin {
namespace {

struct WrittenAnswer : ChildTest {
    WrittenAnswer() { std::filesystem::remove(file); }
};

TEST_F(WrittenAnswer, WithMoreValuesThanOneMayHoldEndsTheProcess) {
    const CallError error = rig.error("crash/now", how("nulls"));
    EXPECT_EQ(error.error.error_class, ErrorClass::plugin_crashed) << error.error.message;
    EXPECT_EQ(error.error.code, "plugin.misbehaved");
}

TEST_F(WrittenAnswer, WithFewIsOne) { EXPECT_EQ(rig.result("crash/now", how("few-nulls")).size(), 1'000u); }

TEST_F(WrittenAnswer, ForNobodyIsNotLookedInto) {
    EXPECT_TRUE(rig.result("crash/now", how("stranger")).is_null());
}

/// Remembers who wrote where.
struct WrittenBlobs final : BlobDoor {
    Result<std::string> write(const RunId& run, const std::string& tenant, const std::string& id,
                              std::string_view bytes) override {
        const std::lock_guard lock(mutex);
        (run == own && tenant == "default" && id.empty() ? good : bad) += bytes;
        return std::string("blob");
    }
    Result<std::string> read(const RunId&, const std::string&, const std::string&, std::uint64_t,
                             std::uint64_t) override {
        const std::lock_guard lock(mutex);
        bad += "read";
        return std::string();
    }
    bool done() {
        const std::lock_guard lock(mutex);
        return !good.empty();
    }
    std::mutex mutex;
    RunId own;
    std::string good, bad;
};

std::string frame(child::FrameType type, const std::string& bytes) {
    std::string out(4, '\0');
    for (int i = 0; i < 4; ++i) out[static_cast<std::size_t>(i)] = static_cast<char>(bytes.size() >> (8 * i));
    return out + static_cast<char>(type) + bytes;
}

std::string ask_frame(child::Door door, std::uint64_t number, std::vector<Value> parts) {
    child::Ask ask;
    ask.number = number;
    ask.door = door;
    ask.what = Value::list(std::move(parts));
    return frame(child::FrameType::ask, write(ask));
}

std::string blob_frame(child::Door door, const RunId& run, const std::string& tenant, const std::string& id) {
    std::vector<Value> parts{Value::bytes(run.view()), Value::bytes(tenant), Value::bytes(id)};
    if (door == child::Door::blob_write) parts.push_back(Value::bytes("x"));
    if (door == child::Door::blob_read) parts.insert(parts.end(), {Value::uint(0), Value::uint(1)});
    return ask_frame(door, 1'000'000, std::move(parts));
}

TEST(Child, ItReachesBlobsOfRunsWithCallsUnderWayAlone) {
    using child::Door;
    Book book;
    WrittenBlobs blobs;
    Doors doors;
    doors.blobs = &blobs;
    PluginRig rig(TAPPET_CRASH_PLUGINS, isolated(book), doors);
    blobs.own = rig.context().run;
    const RunId foreign{{9}};
    const Value input =
        Value::object({{"frames", Value::bytes(blob_frame(Door::blob_write, foreign, "default", "") +
                                               blob_frame(Door::blob_write, blobs.own, "another", "") +
                                               blob_frame(Door::blob_write, blobs.own, "default", "another") +
                                               blob_frame(Door::blob_read, foreign, "default", "another") +
                                               blob_frame(Door::blob_write, blobs.own, "default", ""))}});
    EXPECT_TRUE(rig.result("crash/now", input).is_null());
    while (!blobs.done()) rig.loop.run_one();
    EXPECT_TRUE(rig.host->close());
    EXPECT_EQ(blobs.good, "x");
    EXPECT_EQ(blobs.bad, "");
}

/// Holds whoever asks until it is let go.
struct HeldState final : StateDoor {
    Result<std::optional<std::string>> get(const std::string&, const std::string&,
                                           const std::string&) override {
        hold();
        return std::optional<std::string>();
    }
    Result<void> set(const std::string&, const std::string&, const std::string&,
                     const std::optional<std::string>&) override {
        hold();
        return {};
    }
    void let_go() {
        const std::lock_guard lock(mutex);
        free = true;
        wake.notify_all();
    }
    void hold() {
        std::unique_lock lock(mutex);
        wake.wait(lock, [this] { return free; });
    }
    std::mutex mutex;
    std::condition_variable wake;
    bool free = false;
};

/// A call that writes frames and then goes on until its process is ended for them.
struct WrittenFrames : ::testing::Test {
    ~WrittenFrames() override { state.let_go(); }
    CallError error_of(const std::string& frames) {
        return rig.error("crash/hang", Value::object({{"frames", Value::bytes(frames)}}));
    }
    Value key(std::size_t size) const { return Value::bytes(std::string(size, 'k')); }
    const Value tenant = Value::bytes("default");

    static HostOptions narrow(Book& book) {
        HostOptions options = isolated(book);
        options.child_limits.asked = options.child_limits.requested = 4u << 20;
        return options;
    }

    Book book;
    HeldState state;
    PluginRig rig{TAPPET_CRASH_PLUGINS, narrow(book), Doors(&state)};
};

TEST_F(WrittenFrames, WithMoreAnswersForNobodyThanMayBeLateEndTheProcess) {
    std::string frames;
    for (int i = 0; i < 1'001; ++i) frames += frame(child::FrameType::answer, child::write_number(999'999));
    const CallError error = error_of(frames);
    EXPECT_EQ(error.error.code, "plugin.misbehaved");
    EXPECT_NE(error.error.message.find("it answers calls that nobody made"), std::string::npos);
}

TEST_F(WrittenFrames, WithMoreQuestionsAtOnceThanItsCallsMayHaveEndTheProcess) {
    std::string frames;
    for (std::uint64_t i = 1; i <= 1'001; ++i)
        frames += ask_frame(child::Door::state_get, i, {tenant, key(1)});
    const CallError error = error_of(frames);
    EXPECT_EQ(error.error.code, "plugin.misbehaved");
    EXPECT_NE(error.error.message.find("more at once than its calls may"), std::string::npos)
        << error.error.message;
}

TEST_F(WrittenFrames, ThatWaitWithMoreBytesThanItsCallsMayEndTheProcess) {
    const Value value = Value::bytes(std::string(kMaxStateValue, 'v'));
    std::string frames;
    for (std::uint64_t i = 1; i <= 4; ++i)
        frames += ask_frame(child::Door::state_set, i, {tenant, key(1), value});
    const CallError error = error_of(frames);
    EXPECT_EQ(error.error.code, "plugin.misbehaved");
    EXPECT_NE(error.error.message.find("it asks with more bytes at once than its calls may"),
              std::string::npos)
        << error.error.message;
}

std::string request_frame(std::uint64_t number, std::size_t body = 0) {
    http::ClientRequest request;
    request.url = "http://x/";
    request.body = std::string(body, 'b');
    child::Ask ask;
    ask.number = number;
    ask.door = child::Door::http;
    ask.what = child::value_of(request);
    return frame(child::FrameType::ask, write(ask));
}

TEST_F(WrittenFrames, WithOneNumberForTwoRequestsEndTheProcess) {
    const CallError error = error_of(request_frame(1) + request_frame(1));
    EXPECT_EQ(error.error.code, "plugin.misbehaved");
    EXPECT_EQ(rig.door.requests.size(), 1u);
    EXPECT_EQ(rig.door.cancelled, 1);
}

TEST_F(WrittenFrames, WithMoreRequestsThanMayBeOpenFailThose) {
    std::string frames;
    for (std::uint64_t i = 1; i <= 10'001; ++i) frames += request_frame(1'000'000 + i);
    EXPECT_TRUE(rig.result("crash/now", Value::object({{"frames", Value::bytes(frames)}})).is_null());
    EXPECT_EQ(rig.door.requests.size(), 10'000u);
    rig.host.reset();
    EXPECT_EQ(rig.door.cancelled, 10'000) << "nobody waits for them any more";
}

TEST_F(WrittenFrames, WithMoreBytesInRequestsThanMayBeOpenFailThose) {
    std::string frames;
    for (std::uint64_t i = 1; i <= 5; ++i) frames += request_frame(1'000'000 + i, 1'000'000);
    EXPECT_TRUE(rig.result("crash/now", Value::object({{"frames", Value::bytes(frames)}})).is_null());
    EXPECT_EQ(rig.door.requests.size(), 4u);
}

TEST_F(WrittenFrames, WithALongerKeyOrValueThanOneMayBeEndTheProcess) {
    const Value value = Value::bytes(std::string(kMaxStateValue + 1, 'v'));
    for (const auto& parts : {std::vector<Value>{tenant, key(kMaxStateKey + 1), Value::bytes("v")},
                              std::vector<Value>{tenant, key(kMaxStateKey), value}}) {
        const CallError error = error_of(ask_frame(child::Door::state_set, 1, parts));
        EXPECT_EQ(error.error.code, "plugin.misbehaved");
        EXPECT_NE(error.error.message.find("it asks for what no door gives"), std::string::npos);
    }
}

}  // namespace
}  // namespace tappet::plugin
