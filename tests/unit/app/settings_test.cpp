#include "app/settings.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>

#include "app/setting_keys.hpp"
#include "support/certificates.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::app {
namespace {

using Variables = std::map<std::string, std::string>;

Environment environment_of(const Variables& variables) {
    return [variables](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

/// What a file and variables say, without flags.
class SettingsTest : public ::testing::Test {
protected:
    Result<LoadedSettings> load(const std::string& yaml, const Variables& variables = {},
                                const Settings& defaults = {}) {
        test::write_text(folder_ / "tappet.yaml", yaml);
        Flags flags = flags_;
        flags.config = folder_ / "tappet.yaml";
        return load_settings(flags, defaults, environment_of(variables));
    }
    Settings settings(const std::string& yaml, const Variables& variables = {},
                      const Settings& defaults = {}) {
        const auto loaded = load(yaml, variables, defaults);
        EXPECT_TRUE(loaded) << loaded.error().message;
        if (!loaded) return {};
        EXPECT_TRUE(loaded->findings.empty()) << flow::render_human(loaded->findings, loaded->source);
        return loaded->settings;
    }
    std::string refusal(const Variables& variables) {
        const auto loaded = load("{}", variables);
        return loaded ? "taken" : loaded.error().message;
    }
    Flags flags_;
    test::TemporaryFolder folder_;
};

TEST_F(SettingsTest, AFlagWinsOverTheEnvironmentTheEnvironmentOverTheFileTheFileOverTheDefaults) {
    Settings defaults;
    defaults.data = "default";
    EXPECT_EQ(settings("{}", {}, defaults).data, "default");
    EXPECT_EQ(settings("data: file", {}, defaults).data, "file");
    EXPECT_EQ(settings("data: file", {{"TAPPET_DATA", "variable"}}, defaults).data, "variable");
    flags_.data = "flag";
    EXPECT_EQ(settings("data: file", {{"TAPPET_DATA", "variable"}}, defaults).data, "flag");
    EXPECT_EQ(settings("data: file").key_file, "flag/vault.key");
}

TEST_F(SettingsTest, EveryKeySaysTheSameInTheFileAndInTheEnvironment) {
    const std::string folder = folder_ / ".", authorities = folder_ / "ca.pem";
    test::write_text(authorities, test::Identity::authority().pem());
    const Settings file = settings(R"(
listen: 127.0.0.1:1
public_url: http://a.test
data: d
flows: f
http: { allow: [10.0.0.0/8, a.test], proxy: http://p.test, ca: ")" +
                                   authorities + R"(" }
plugins: { trusted: [a.so, b.so], memory: 134217728, files: 32, fileSize: 7, frame: 1048576, values: 1000, lines: 8, call: 9s, start: 1s, series: 5, path: ")" +
                                   folder + R"(" }
limits: { body: 1, bodies: 2, headers: 1024, connections: 3, queue: 4, queueBytes: 1048577, row: 1048578, blob: 5, runBlobs: 6, rate: 0.5 }
log: { level: error, format: json }
vault: { keyFile: k }
outgoing: { disableAfter: 1d, keep: 2d, maxBody: 2048 }
retention: { age: 30d }
)");
    const Settings environment = settings("{}", {{"TAPPET_LISTEN", "127.0.0.1:1"},
                                                 {"TAPPET_PUBLIC_URL", "http://a.test"},
                                                 {"TAPPET_DATA", "d"},
                                                 {"TAPPET_FLOWS", "f"},
                                                 {"TAPPET_PLUGINS", folder},
                                                 {"TAPPET_PLUGINS_TRUSTED", "a.so, b.so"},
                                                 {"TAPPET_PLUGINS_MEMORY", "134217728"},
                                                 {"TAPPET_PLUGINS_FILES", "32"},
                                                 {"TAPPET_PLUGINS_FILESIZE", "7"},
                                                 {"TAPPET_PLUGINS_FRAME", "1048576"},
                                                 {"TAPPET_PLUGINS_VALUES", "1000"},
                                                 {"TAPPET_PLUGINS_LINES", "8"},
                                                 {"TAPPET_PLUGINS_CALL", "9s"},
                                                 {"TAPPET_PLUGINS_START", "1s"},
                                                 {"TAPPET_PLUGINS_SERIES", "5"},
                                                 {"TAPPET_HTTP_ALLOW", "10.0.0.0/8,a.test"},
                                                 {"TAPPET_HTTP_PROXY", "http://p.test"},
                                                 {"TAPPET_HTTP_CA", authorities},
                                                 {"TAPPET_LIMITS_BODY", "1"},
                                                 {"TAPPET_LIMITS_BODIES", "2"},
                                                 {"TAPPET_LIMITS_HEADERS", "1024"},
                                                 {"TAPPET_LIMITS_CONNECTIONS", "3"},
                                                 {"TAPPET_LIMITS_QUEUE", "4"},
                                                 {"TAPPET_LIMITS_QUEUEBYTES", "1048577"},
                                                 {"TAPPET_LIMITS_ROW", "1048578"},
                                                 {"TAPPET_LIMITS_BLOB", "5"},
                                                 {"TAPPET_LIMITS_RUNBLOBS", "6"},
                                                 {"TAPPET_LIMITS_RATE", "0.5"},
                                                 {"TAPPET_LOG_LEVEL", "error"},
                                                 {"TAPPET_LOG_FORMAT", "json"},
                                                 {"TAPPET_VAULT_KEYFILE", "k"},
                                                 {"TAPPET_OUTGOING_DISABLEAFTER", "1d"},
                                                 {"TAPPET_OUTGOING_KEEP", "2d"},
                                                 {"TAPPET_OUTGOING_MAXBODY", "2048"},
                                                 {"TAPPET_RETENTION_AGE", "30d"}});
    EXPECT_EQ(file.trusted, (std::vector<std::string>{"a.so", "b.so"}));
    EXPECT_EQ(file.plugin_memory, 128u << 20);
    EXPECT_EQ(file.plugin_call, std::chrono::seconds(9));
    EXPECT_EQ(file.max_series, 5u);
    EXPECT_EQ(file.max_blob, 5u);
    EXPECT_EQ(file.max_run_blobs, 6u);
    EXPECT_EQ(file.rate, 0.5);
    EXPECT_EQ(file.keep_runs, std::chrono::days(30));
    EXPECT_EQ(file.disable_after, std::chrono::days(1));
    EXPECT_EQ(file.keep_messages, std::chrono::days(2));
    EXPECT_EQ(file.max_message, 2048u);
    EXPECT_TRUE(file == environment);
    EXPECT_FALSE(file == Settings{});
}

TEST_F(SettingsTest, TheEnvironmentIsHeldToTheBoundsOfTheFile) {
    EXPECT_EQ(refusal({{"TAPPET_LIMITS_HEADERS", "1023"}}),
              "TAPPET_LIMITS_HEADERS must be an integer from 1024 to 1048576, not 1023");
    for (const auto& [variable, wrong] :
         std::multimap<std::string, std::string>{{"TAPPET_LIMITS_BODY", "0"},
                                                 {"TAPPET_LIMITS_BODY", "1073741825"},
                                                 {"TAPPET_LIMITS_BODY", "10MiB"},
                                                 {"TAPPET_LIMITS_HEADERS", "1048577"},
                                                 {"TAPPET_LIMITS_CONNECTIONS", "-1"},
                                                 {"TAPPET_LIMITS_QUEUE", "99999999999999999999"},
                                                 {"TAPPET_LIMITS_QUEUEBYTES", "1048575"},
                                                 {"TAPPET_LIMITS_ROW", "943718401"},
                                                 {"TAPPET_PLUGINS_SERIES", "1000001"},
                                                 {"TAPPET_PLUGINS_MEMORY", "134217727"},
                                                 {"TAPPET_PLUGINS_FILES", "31"},
                                                 {"TAPPET_PLUGINS_FRAME", "1073741825"},
                                                 {"TAPPET_PLUGINS_VALUES", "999"},
                                                 {"TAPPET_PLUGINS_LINES", "0"},
                                                 {"TAPPET_PLUGINS_CALL", "soon"},
                                                 {"TAPPET_LIMITS_BLOB", "1073741825"},
                                                 {"TAPPET_LIMITS_RUNBLOBS", "-1"},
                                                 {"TAPPET_LIMITS_RATE", "-0.5"},
                                                 {"TAPPET_LIMITS_RATE", "nan"},
                                                 {"TAPPET_LIMITS_RATE", "1e9"},
                                                 {"TAPPET_LOG_LEVEL", "loud"},
                                                 {"TAPPET_LOG_FORMAT", "xml"},
                                                 {"TAPPET_RETENTION_AGE", "30"},
                                                 {"TAPPET_STORE", "postgresql://a"},
                                                 {"TAPPET_LIMITS_RUNMEMORY", "1"}})
        EXPECT_TRUE(refusal({{variable, wrong}}).starts_with(variable + " ")) << variable << wrong;
    EXPECT_EQ(settings("limits: { rate: 5 }", {{"TAPPET_LIMITS_RATE", "0"}}).rate, 0);
    EXPECT_NE(refusal({{"TAPPET_LIMITS_BODIES", "99"}, {"TAPPET_LIMITS_BODY", "100"}})
                  .find("limits.bodies (99) must not be less than limits.body (100)"),
              std::string::npos);
}

TEST_F(SettingsTest, PasswordsInAddressesAreNotRepeated) {
    const std::string told = refusal({{"TAPPET_HTTP_PROXY", "http://me:hush@p.test:3128"}});
    EXPECT_TRUE(told.starts_with("TAPPET_HTTP_PROXY ")) << told;
    EXPECT_NE(told.find("p.test:3128"), std::string::npos) << told;
    EXPECT_EQ(told.find("hush"), std::string::npos) << told;
}

TEST_F(SettingsTest, APublicUrlIsAnAddressOrNothing) {
    for (const char* url : {"hooks.example", "ftp://hooks.example", "https://hooks.example/?a=1",
                            "https://hooks.example#a", "https://a b", "https://u:p@hooks.example"}) {
        EXPECT_TRUE(refusal({{"TAPPET_PUBLIC_URL", url}}).starts_with("TAPPET_PUBLIC_URL must be")) << url;
        const auto loaded = load("public_url: \"" + std::string(url) + "\"");
        ASSERT_TRUE(loaded);
        ASSERT_EQ(loaded->findings.size(), 1u) << url;
        EXPECT_EQ(loaded->findings[0].range.begin.column, 13u) << url;
    }
    for (const char* url : {"", "http://[::1]:8420", "https://Hooks.example/in/"})
        EXPECT_EQ(settings("public_url: \"" + std::string(url) + "\"").public_url, url);
}

TEST_F(SettingsTest, WhatCannotBeUsedIsRefusedAtItsPlace) {
    for (const auto& [key, variable, wrong] : std::vector<std::tuple<std::string, std::string, std::string>>{
             {"listen: ", "TAPPET_LISTEN", "127.0.0.1"},
             {"listen: ", "TAPPET_LISTEN", "foo"},
             {"listen: ", "TAPPET_LISTEN", "foo:80"},
             {"listen: ", "TAPPET_LISTEN", "127.0.0.1:99999"},
             {"listen: ", "TAPPET_LISTEN", "::1:80"},
             {"plugins: { path: ", "TAPPET_PLUGINS", "/nope"},
             {"http: { ca: ", "TAPPET_HTTP_CA", "/nope"},
             {"http: { ca: ", "TAPPET_HTTP_CA", "/dev/null"},
             {"http: { proxy: ", "TAPPET_HTTP_PROXY", "ftp://x"},
             {"http: { proxy: ", "TAPPET_HTTP_PROXY", "https://x"},
             {"http: { allow: [ a.test, ", "TAPPET_HTTP_ALLOW", "10.0.0.0/99"},
             {"http: { allow: [ a.test, ", "TAPPET_HTTP_ALLOW", "127.0.0.1:80"}}) {
        const std::string refused = refusal({{variable, wrong}});
        EXPECT_NE(refused.find(variable + " must be"), std::string::npos) << wrong << refused;
        EXPECT_TRUE(refused.ends_with(", not " + wrong)) << refused;
        const std::string after = key.find('[') != std::string::npos ? "\"] }" : "\" }";
        const auto loaded = load(key + "\"" + wrong + (key.find('{') == std::string::npos ? "\"" : after));
        ASSERT_TRUE(loaded);
        ASSERT_EQ(loaded->findings.size(), 1u) << key << wrong;
        EXPECT_EQ(loaded->findings[0].range.begin.column, key.size() + 1) << key;
    }
    EXPECT_EQ(settings("listen: \"[::1]:0\"").listen, "[::1]:0");
}

TEST_F(SettingsTest, AKeyOfTheVaultThatIsNoneIsRefusedAndNotShown) {
    EXPECT_EQ(refusal({{"TAPPET_VAULT_KEY", "abc"}}),
              "TAPPET_VAULT_KEY must be 32 bytes, as 64 hexadecimal digits or base64");
    settings("{}", {{"TAPPET_VAULT_KEY", std::string(64, 'a')}});
}

TEST_F(SettingsTest, AWrongFlagIsNamedAsTheFlag) {
    flags_.log_level = "loud";
    EXPECT_EQ(refusal({}),
              "--log-level must be `trace`, `debug`, `info`, `warn`, `error` or `off`, not loud");
    flags_.log_level.reset();
    flags_.allow_http = {"10.0.0.0/8", "127.0.0.1:80"};
    EXPECT_TRUE(refusal({}).starts_with("an entry of --allow-http must be ")) << refusal({});
}

TEST_F(SettingsTest, PluginsHaveSettingsOfTheirOwn) {
    const auto loaded = load("plugins: { settings: { crm: { region: eu, key: { secret: KEY } } } }\n");
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(loaded->findings.empty());
    const Value& crm = loaded->settings.plugin_settings.at("crm");
    EXPECT_EQ(crm.find("region")->as_string(), "eu");
    EXPECT_EQ(crm.find("key")->find("secret")->as_string(), "KEY");
    const auto wrong = load("plugins: { settings: { crm: eu } }\n");
    ASSERT_TRUE(wrong);
    EXPECT_EQ(wrong->findings.at(0).code, "wrong-type");
}

TEST_F(SettingsTest, TheFileIsToldWhatIsWrongWithItAtItsPlace) {
    const auto loaded = load("limits: { bodi: 5, rate: x, runMemory: 1 }\nstore: a\nnone: b\nlog: 1\n");
    ASSERT_TRUE(loaded);
    std::multiset<std::string> codes;
    for (const auto& finding : loaded->findings) codes.insert(finding.code);
    EXPECT_EQ(codes, (std::multiset<std::string>{"not-available", "not-available", "unknown-key",
                                                 "unknown-key", "wrong-type", "wrong-value"}));
}

TEST(SettingKeys, AreAllInTheDocuments) {
    const std::string text = test::read_text(TAPPET_SOURCE_DIR "/docs/OPERATIONS.md");
    for (const SettingKey& key : setting_keys()) {
        if (std::holds_alternative<LaterSetting>(key.kind)) continue;
        const std::string indent = key.section.empty() ? "\n" : "\n  ";
        EXPECT_NE(text.find(indent + std::string(key.name) + ": "), std::string::npos) << key.name;
        EXPECT_NE(text.find("`" + std::string(key.variable) + "`"), std::string::npos) << key.variable;
    }
}

}  // namespace
}  // namespace tappet::app
