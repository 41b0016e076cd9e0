// Signed requests of senders and of their libraries' tests against the presets: `conformance_webhooks DIR
// [--verbose]`. Every file is a scheme, and every scheme has a preset, settings of `hmac`, or a line in
// docs/WEBHOOKS.md that says why not.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "trigger/verify.hpp"

using namespace tappet;
namespace fs = std::filesystem;

namespace {

struct Scheme {
    std::string_view name, preset, header, algorithm, prefix;
};
constexpr std::array<Scheme, 10> kSchemes{{{"standard-webhooks", "standard-webhooks", "", "", ""},
                                           {"svix", "standard-webhooks", "", "", ""},
                                           {"github-sha256", "github", "", "", ""},
                                           {"stripe", "stripe", "", "", ""},
                                           {"slack-v0", "slack", "", "", ""},
                                           {"shopify-base64", "shopify", "", "", ""},
                                           {"github-sha1", "hmac", "X-Hub-Signature", "sha1", "sha1="},
                                           {"hmac-sha1-hex", "hmac", "X-Signature", "sha1", "sha1="},
                                           {"hmac-sha256-hex", "hmac", "X-Signature", "sha256", "sha256="},
                                           {"hmac-sha512-hex", "hmac", "X-Signature", "sha512", "sha512="}}};
constexpr std::string_view kTold = "twilio-sha1";  ///< docs/WEBHOOKS.md says why not

std::string text_of(const Value& item, std::string_view key) {
    const Value* value = item.find(key);
    return value && value->is(Kind::string) ? std::string(value->as_string()) : "";
}

bool has_tag(const Value& item, std::string_view tag) {
    const Value* tags = item.find("tags");
    if (!tags || !tags->is(Kind::list)) return false;
    const auto all = tags->items();
    return std::any_of(all.begin(), all.end(),
                       [&](const Value& one) { return one.is(Kind::string) && one.as_string() == tag; });
}

/// What is wrong with how a request was taken; empty when nothing is.
std::string problem(const Scheme& scheme, const Value& item) {
    flow::VerifyPlan plan;
    plan.preset = scheme.preset;
    plan.header = scheme.header;
    plan.algorithm = scheme.algorithm;
    plan.prefix = has_tag(item, "bare-hex") ? "" : scheme.prefix;  // the flow says whether there is one
    if (const Value* tolerance = item.find("tolerance"); tolerance && tolerance->is(Kind::integer))
        plan.tolerance = std::chrono::seconds(tolerance->as_integer());
    http::Request request;
    request.method = "POST";
    request.body = text_of(item, "body");
    if (const Value* encoded = item.find("body_base64")) request.body = *from_base64(encoded->as_string());
    for (const MapEntry& header : item.find("headers")->entries())
        request.headers.add(std::string(header.key.as_string()), std::string(header.value.as_string()));
    const Value* now = item.find("now");
    const TimeMs time{now && now->is(Kind::integer) ? now->as_integer() * 1000 : 0};
    const auto verifier = trigger::make_verifier(plan, {text_of(item, "secret")});
    const auto why =
        verifier ? (*verifier)->refuse(request, time) : std::optional<std::string>(verifier.error().message);
    const bool valid = item.find("valid")->as_boolean();
    if (valid && why) return "refused: " + *why;
    return !valid && !why ? "accepted" : "";
}

}  // namespace

int main(int argc, char** argv) {
    const fs::path folder = argc > 1 ? argv[1] : "../shared/vectors/webhooks";
    const bool verbose = argc > 2 && std::string_view(argv[2]) == "--verbose";
    if (!fs::exists(folder)) {
        std::printf("skipped: no vectors at %s\n", folder.c_str());
        return 77;
    }
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::size_t failed = 0, count = 0;
    for (const fs::path& file : files) {
        const std::string name = file.stem().string();
        const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                         [&](const Scheme& one) { return one.name == name; });
        if (scheme == kSchemes.end()) {
            const bool told = name == kTold;
            std::printf("%s %s has no preset%s\n", told ? "left out" : "FAIL", name.c_str(),
                        told ? ": docs/WEBHOOKS.md" : "");
            failed += told ? 0 : 1;
            continue;
        }
        std::ifstream in(file, std::ios::binary);
        const auto all = read_json(std::string(std::istreambuf_iterator<char>(in), {}));
        if (!all) {
            std::printf("FAIL %s is no JSON\n", file.c_str());
            ++failed;
            continue;
        }
        for (const Value& item : all->items()) {
            const std::string why = problem(*scheme, item);
            ++count;
            failed += why.empty() ? 0 : 1;
            if (verbose || !why.empty())
                std::printf("%s %s %s\n", why.empty() ? "ok  " : "FAIL", text_of(item, "id").c_str(),
                            why.c_str());
        }
    }
    std::printf("webhooks: %zu requests, %zu failed\n", count, failed);
    return failed == 0 && count > 0 ? 0 : 1;
}
