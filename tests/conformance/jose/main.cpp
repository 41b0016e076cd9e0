// Tokens and MACs of RFCs, of the JOSE cookbook and of Wycheproof against preset `jwt`'s reader and the HMAC
// under all presets: `conformance_jose DIR [--verbose]`. What a preset does not take (ES512, detached or
// unencoded payloads) must be refused.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "trigger/verify/jws.hpp"

using namespace tappet;
namespace fs = std::filesystem;

namespace {

bool g_verbose = false;
std::size_t g_count = 0, g_failed = 0;

void check(const std::string& name, bool expected, bool taken, const std::string& why) {
    ++g_count;
    g_failed += expected == taken ? 0 : 1;
    if (g_verbose || expected != taken)
        std::printf("%s %s: %s %s\n", expected == taken ? "ok  " : "FAIL", name.c_str(),
                    taken ? "accepted" : "refused:", why.c_str());
}

std::string text_of(const Value& item, std::string_view key) {
    const Value* value = item.find(key);
    return value && value->is(Kind::string) ? std::string(value->as_string()) : "";
}
std::string json_of(const Value& value) {
    std::string out;
    append_json(out, value);
    return out;
}

Value load(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    auto read = read_json(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!read) std::printf("%s is no JSON\n", file.c_str());
    return read ? std::move(*read) : Value();
}

/// A token under the algorithm that its own header names: what a trigger for such tokens would say.
void check_token(const std::string& name, const std::string& keys, std::string algorithm,
                 const std::string& token, bool valid) {
    const std::string texts[]{keys}, algorithms[]{std::move(algorithm)};
    const auto read = trigger::JwsKeys::read(texts, algorithms);
    const auto opened = read ? read->open(token) : Result<std::string>(read.error());
    check(name, valid, opened.has_value(), opened ? "" : opened.error().message);
}

void check_rfc(const Value& all) {
    for (const Value& item : all.items()) {
        const std::string keys = R"({"kty":"oct","k":")" + text_of(item, "key_base64url") + "\"}";
        check_token(text_of(item, "id"), keys, text_of(item, "alg"), text_of(item, "jws"),
                    item.find("valid")->as_boolean());
    }
}

void check_cookbook(const std::string& name, const Value& item) {
    const Value& input = *item.find("input");
    const std::string algorithm = text_of(input, "alg");
    const std::string token = text_of(*item.find("output"), "compact");
    const Value* header = item.find("signing")->find("protected");
    const bool taken = algorithm != "ES512" && !token.empty() && token.find("..") == std::string::npos &&
                       !(header && header->find("crit"));
    check_token(name, json_of(*input.find("key")), algorithm, token, taken);
}

void check_hmac(const Value& suite) {
    for (const Value& group : suite.find("testGroups")->items())
        for (const Value& test : group.find("tests")->items()) {
            const auto key = from_hex(text_of(test, "key")), message = from_hex(text_of(test, "msg"));
            const auto tag = from_hex(text_of(test, "tag"));
            std::string mac = vault::hmac(vault::Hash::sha256, *key, *message);
            mac.resize(static_cast<std::size_t>(group.find("tagSize")->as_integer()) / 8);
            check("hmac " + std::to_string(test.find("tcId")->as_integer()),
                  text_of(test, "result") == "valid", equal_constant_time(mac, *tag), "");
        }
}

void check_wycheproof(const Value& suite) {
    for (const Value& group : suite.find("testGroups")->items())
        for (const Value& test : group.find("tests")->items()) {
            const Value* keys = group.find("public");
            if (!keys) keys = group.find("private");
            const std::string token = text_of(test, "jws");
            const auto header = from_base64url(token.substr(0, token.find('.')));
            const JsonParsed read = parse_json(header.value_or("{}"));
            check_token(
                "jwk " + std::to_string(test.find("tcId")->as_integer()) + " " + text_of(test, "comment"),
                json_of(*keys), text_of(read.value, "alg"), token, text_of(test, "result") == "valid");
        }
}

}  // namespace

int main(int argc, char** argv) {
    const fs::path folder = argc > 1 ? argv[1] : "../shared/vectors/jose";
    g_verbose = argc > 2 && std::string_view(argv[2]) == "--verbose";
    if (!fs::exists(folder)) {
        std::printf("skipped: no vectors at %s\n", folder.c_str());
        return 77;
    }
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().stem().string();
        if (entry.path().extension() != ".json") continue;
        const Value all = load(entry.path());
        if (name == "rfc-jwt")
            check_rfc(all);
        else if (name == "wycheproof-hmac_sha256_test")
            check_hmac(all);
        else if (name == "wycheproof-json_web_key_test")
            check_wycheproof(all);
        else
            check_cookbook(name, all);
    }
    std::printf("jose: %zu cases, %zu failed\n", g_count, g_failed);
    return g_failed == 0 && g_count > 0 ? 0 : 1;
}
