// `tappet trigger` as a sender of each preset: the real engine takes what it signs, and the curl it prints.
#include "base/encoding.hpp"
#include "place.hpp"
#include "support/signer.hpp"

namespace tappet::e2e {
namespace {

using test::Signer;

constexpr const char* kSecret = "0123456789abcdefghijklmnopqrstuv";

/// A preset as a flow says it, with what both sides hold.
struct Preset {
    std::string name;      ///< of the flow
    std::string settings;  ///< beside `secrets`
    std::string held;      ///< by the engine
    std::string sender;    ///< of the sender; empty: the same
    std::string other;     ///< of somebody else
    Words more;            ///< of the command line
};

std::vector<Preset> presets() {
    static const Signer ed(Signer::Kind::ed25519), ed2(Signer::Kind::ed25519), ec(Signer::Kind::p256),
        ec2(Signer::Kind::p256);
    const std::string whsec = "whsec_" + to_base64(kSecret), other = "whsec_" + to_base64("another");
    const std::string hmac =
        "preset: hmac, header: X-Signature, algorithm: sha512, encoding: base64, prefix: a=, ";
    return {
        {"github", "preset: github", kSecret, "", "another", {}},
        {"stripe", "preset: stripe", kSecret, "", "another", {}},
        {"slack", "preset: slack", kSecret, "", "another", {}},
        {"shopify", "preset: shopify", kSecret, "", "another", {}},
        {"standard", "preset: standard-webhooks", whsec, "", other, {}},
        {"standard-key",
         "preset: standard-webhooks",
         "whpk_" + to_base64(ed.public_der().substr(12)),
         ed.private_pem(),
         ed2.private_pem(),
         {}},
        {"hmac", "preset: hmac, header: X-Signature, prefix: sha256=", kSecret, "", "another", {}},
        {"hmac-more",
         hmac + "template: '{timestamp}.{header:X-Topic}.{body}'",
         kSecret,
         "",
         "another",
         {"--header", "X-Topic: orders"}},
        {"basic", "preset: basic", std::string("user:") + kSecret, "", "user:another", {}},
        {"bearer", "preset: bearer", kSecret, "", "another", {}},
        {"jwt", "preset: jwt, algorithms: [HS256], audience: tappet, issuer: us", kSecret, "", "another", {}},
        {"jwt-key",
         "preset: jwt, algorithms: [ES256]",
         ec.public_pem(),
         ec.private_pem(),
         ec2.private_pem(),
         {}},
        {"saas", "preset: saas", to_base64(ed.public_der()), ed.private_pem(), ed2.private_pem(), {}},
    };
}

std::string flow_of(const std::string& settings, const std::string& secret) {
    return "\ntriggers: [ { id: received, uses: core/webhook, verify: { " + settings +
           ", secrets: [ \"${{ secrets." + secret +
           " }}\" ] } } ]\nsteps: [ { id: note, uses: core/log, with: { message: came } } ]\n";
}

std::string variable_of(const Preset& preset) {
    std::string out;
    for (const char c : preset.name) out += c == '-' ? '_' : static_cast<char>(std::toupper(c));
    return out;
}

/// One flow for each preset, an engine that holds their secrets, and a payload that is not quite ASCII.
class CliTrigger : public ::testing::Test {
protected:
    CliTrigger() {
        for (const Preset& one : presets_) {
            place_.flow(one.name, flow_of(one.settings, variable_of(one)));
            held_.emplace_back("TAPPET_SECRET_" + variable_of(one), one.held);
        }
        engine_.emplace(place_, Words{}, held_);
        payload_ = place_.file("event.json", "{\"name\": \"Zoë's \\\"$HOME\\\"\",\n \"a\": [1, 2]}\n");
    }
    Ended trigger(const Preset& preset, Words words, const Variables& variables = {}) {
        words.insert(words.begin(),
                     {"trigger", preset.name, "--payload", payload_, "--server", engine_->url()});
        words.insert(words.end(), preset.more.begin(), preset.more.end());
        return place_.run(words, variables);
    }
    Ended signed_by(const Preset& preset, const std::string& secret, Words words = {}) {
        words.insert(words.begin(), {"--secret", "MINE"});
        return trigger(preset, words,
                       {{"TAPPET_SECRET_MINE", secret}, {"TAPPET_API_KEY", "me@example.com:k"}});
    }

    const std::vector<Preset> presets_ = presets();
    Variables held_;
    Place place_;
    std::optional<Engine> engine_;
    std::string payload_;
};

TEST_F(CliTrigger, WhatIsSignedAsEachPresetIsTakenAndWithAnotherSecretIsNot) {
    for (const Preset& one : presets_) {
        SCOPED_TRACE(one.name);
        const Ended taken = signed_by(one, one.sender.empty() ? one.held : one.sender, {"-o", "json"});
        EXPECT_EQ(taken.code, 0) << taken.out << taken.err;
        EXPECT_EQ(taken.text({"status"}), "202") << taken.out;
        const Ended refused = signed_by(one, one.other, {"-o", "json"});
        EXPECT_EQ(refused.code, 4) << refused.out << refused.err;
        EXPECT_EQ(refused.text({"status"}), "401") << refused.out;
        const Ended unsigned_one = trigger(one, {"-o", "json"});
        EXPECT_EQ(unsigned_one.text({"status"}), "401") << unsigned_one.out;
        EXPECT_EQ(engine_->runs_of(one.name), 1u);
    }
}

TEST_F(CliTrigger, TheCurlThatItPrintsIsTakenWhenItIsPasted) {
    if (!std::filesystem::exists("/usr/bin/curl")) GTEST_SKIP() << "curl is not installed";
    for (const Preset& one : presets_) {
        SCOPED_TRACE(one.name);
        const std::string secret = one.sender.empty() ? one.held : one.sender;
        const Ended shown = signed_by(one, secret, {"--dry-run"});
        EXPECT_EQ(shown.code, 0) << shown.err;
        EXPECT_EQ(shown.out.find(secret), std::string::npos) << "the secret itself is not shown";
        EXPECT_EQ(shown.out.find(to_base64(secret)), std::string::npos);
        EXPECT_EQ(engine_->runs_of(one.name), 0u) << "nothing is sent";
        const std::string script = place_.file("paste.sh", shown.out);
        test::Process::Start start;
        start.words = {"/bin/bash", script};
        start.variables = {{"TAPPET_SECRET_MINE", secret}};
        start.out = place_ / "paste.out";
        start.err = place_ / "paste.err";
        test::Process pasted(start);
        EXPECT_EQ(pasted.wait(), 0);
        EXPECT_NE(test::read_text(start.out).find(" 202 "), std::string::npos)
            << shown.out << test::read_text(start.out);
        EXPECT_EQ(engine_->runs_of(one.name), 1u);
    }
}

TEST_F(CliTrigger, TheSecretThatTheFlowNamesIsTheOneWithoutAWord) {
    for (const Preset& one : presets_) {
        SCOPED_TRACE(one.name);
        const Ended ended = trigger(one, {"-o", "json"}, held_);
        // Of a pair of keys the engine's half cannot sign: nobody guesses, and the request goes out as it is.
        const bool whole = one.sender.empty();
        if (one.name == "standard-key")
            EXPECT_EQ(ended.code, 2) << ended.out;
        else
            EXPECT_EQ(ended.text({"status"}), whole ? "202" : "401") << ended.out << ended.err;
    }
}

TEST_F(CliTrigger, ASecretComesFromAFileOrStandardInputToo) {
    const Preset& bearer = presets_[9];
    ASSERT_EQ(bearer.name, "bearer");
    const std::string file = place_.file("token", std::string(kSecret) + "\n");
    EXPECT_EQ(trigger(bearer, {"--secret-file", file}).code, 0);
    const Ended piped = place_.run({"trigger", "bearer", "--secret-file", "-", "--server", engine_->url()},
                                   {}, std::string(kSecret) + "\n");
    EXPECT_EQ(piped.code, 0) << piped.out << piped.err;
    EXPECT_EQ(piped.out.find(kSecret), std::string::npos) << piped.out;
    const Ended both =
        place_.run({"trigger", "bearer", "--payload", "-", "--secret-file", "-", "--server", engine_->url()});
    EXPECT_EQ(both.code, 2);
}

TEST_F(CliTrigger, AnEventThatIsNamedStartsOneRun) {
    for (const Preset& one : {presets_[0], presets_[4]}) {
        SCOPED_TRACE(one.name);
        const Ended first = signed_by(one, one.held, {"--id", "evt-1", "-o", "json"});
        const Ended second = signed_by(one, one.held, {"--id", "evt-1", "-o", "json"});
        EXPECT_EQ(first.text({"body", "runId"}), second.text({"body", "runId"})) << second.out;
        EXPECT_EQ(second.text({"headers", "idempotent-replayed"}), "true") << second.out;
        EXPECT_EQ(engine_->runs_of(one.name), 1u);
    }
}

TEST_F(CliTrigger, SignsAsAnotherPresetWhenItIsToldSo) {
    const Ended ended = signed_by(presets_[0], kSecret, {"--as", "shopify", "--dry-run"});
    EXPECT_NE(ended.out.find("x-shopify-hmac-sha256"), std::string::npos) << ended.out;
    const Ended unknown = signed_by(presets_[0], kSecret, {"--as", "gitlab"});
    EXPECT_EQ(unknown.code, 2);
    EXPECT_NE(unknown.err.find("gitlab is no preset"), std::string::npos) << unknown.err;
}

TEST_F(CliTrigger, AHeaderThatIsGivenStaysAsItIs) {
    const Ended ended = signed_by(presets_[0], kSecret, {"--header", "X-Hub-Signature-256: sha256=00"});
    EXPECT_EQ(ended.code, 4) << ended.out;
    EXPECT_NE(ended.out.find("sha256=00"), std::string::npos) << ended.out;
}

TEST_F(CliTrigger, SaysWhatIsWrongWithASecretAndNeverShowsIt) {
    const Ended unset = trigger(presets_[0], {"--secret", "NOWHERE"});
    EXPECT_EQ(unset.code, 2);
    EXPECT_NE(unset.err.find("TAPPET_SECRET_NOWHERE is not set"), std::string::npos) << unset.err;
    EXPECT_EQ(trigger(presets_[0], {"--secret-file", "nowhere"}).code, 5);
    const Ended plain = signed_by(presets_[8], "s3cr3t");
    EXPECT_EQ(plain.code, 2);
    EXPECT_NE(plain.err.find("user:password"), std::string::npos) << plain.err;
    EXPECT_EQ((plain.out + plain.err).find("s3cr3t"), std::string::npos);
}

TEST(CliTriggerSecrets, AnAddressIsLookedAtAndNothingIsSigned) {
    const auto flow = [](const std::string& verify) {
        return "\ntriggers: [ { id: received, uses: core/webhook, verify: { " + verify +
               " } } ]\nsteps: [ { id: note, uses: core/log, with: { message: came } } ]\n";
    };
    Place place;
    place.flow("here", flow("preset: ip, addresses: [ 127.0.0.0/8 ]"));
    place.flow("there", flow("preset: ip, addresses: [ 192.0.2.0/24 ]"));
    place.flow("open", flow("preset: none"));
    Engine engine(place);
    const auto trigger = [&](const std::string& name, Words words = {}) {
        words.insert(words.begin(), {"trigger", name, "--server", engine.url(), "-o", "json"});
        return place.run(words, {{"TAPPET_SECRET_MINE", kSecret}});
    };
    EXPECT_EQ(trigger("here").text({"status"}), "202");
    EXPECT_EQ(trigger("open").text({"status"}), "202");
    EXPECT_EQ(trigger("there").text({"status"}), "401");
    const Ended by_address = trigger("here", {"--secret", "MINE"});
    EXPECT_EQ(by_address.code, 2);
    EXPECT_NE(by_address.out.find("address alone"), std::string::npos) << by_address.out << by_address.err;
    EXPECT_EQ(trigger("open", {"--secret", "MINE"}).code, 2);
    const Ended unknown = trigger("open", {"nobody"});
    EXPECT_EQ(unknown.code, 5);
    EXPECT_NE(unknown.out.find("no trigger nobody"), std::string::npos) << unknown.out << unknown.err;
    EXPECT_EQ(trigger("open", {"--secret", "MINE", "--as", "github"}).text({"status"}), "202");
}

TEST(CliTriggerSecrets, OneThatIsNotSetIsToldAtTheStartAndNothingPasses) {
    Place place;
    place.flow("late", flow_of("preset: github", "LATE"));
    Engine engine(place);
    EXPECT_NE(engine.process().errors().find("late"), std::string::npos) << engine.process().errors();
    EXPECT_NE(engine.process().errors().find("LATE"), std::string::npos) << engine.process().errors();
    const Words words{"trigger", "late", "--secret", "MINE", "--server", engine.url(), "-o", "json"};
    for (const char* secret : {kSecret, "another"}) {
        const Ended ended = place.run(words, {{"TAPPET_SECRET_MINE", secret}});
        EXPECT_EQ(ended.code, 4) << ended.out << ended.err;
        EXPECT_EQ(ended.text({"status"}), "401") << ended.out;
    }
    engine.process().kill();
    Engine later(place, {}, {{"TAPPET_SECRET_LATE", kSecret}});
    const Ended ended = place.run({"trigger", "late", "--secret", "MINE", "--server", later.url()},
                                  {{"TAPPET_SECRET_MINE", kSecret}});
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
}

}  // namespace
}  // namespace tappet::e2e
