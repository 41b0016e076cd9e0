#pragma once
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "base/encoding.hpp"
#include "place.hpp"
#include "vault/digest.hpp"

namespace tappet::e2e {

/// Where the plugin of tests/plugins/source.cpp runs.
enum class Where { isolated, trusted };

inline std::string name_of(Where where) { return where == Where::trusted ? "trusted" : "isolated"; }

/// A place with the plugin `source`, whose hooks are signed with the secret SOURCE.
class SourcePlace {
public:
    static constexpr const char* kKey = "k3y-of-the-source";

    explicit SourcePlace(Where where) : where_(where) {
        std::filesystem::create_directory(place / "plugins");
        std::filesystem::create_symlink(TAPPET_CORE_PLUGIN, place / "plugins/core.so");
        std::filesystem::create_symlink(TAPPET_SOURCE_PLUGIN, place / "plugins/source.so");
    }
    /// A flow of one trigger, the rest of whose keys are given, in YAML's short form. Its runs are labelled
    /// with their order's number. `folder` may be that of a tenant: "@acme/".
    void flow(const std::string& name, const std::string& trigger, const std::string& folder = "") const {
        std::filesystem::create_directory(place / ("flows/" + folder));
        place.file("flows/" + folder + name + ".yaml",
                   "flow: " + name + "\nlabels: { n: \"${{ trigger.body.n }}\" }\ntriggers: [ { " + trigger +
                       " } ]\nsteps: [ { id: note, uses: core/map, with: { value: 1 } } ]\n");
    }
    /// An empty key: the secret is not set.
    Engine engine(const std::string& key = kKey) {
        Variables variables{{"TAPPET_SECRET_SOURCE", key}};
        variables.emplace_back("TAPPET_PLUGINS_SETTINGS", R"({"source":{"key":{"secret":"SOURCE"}}})");
        if (where_ == Where::trusted) variables.emplace_back("TAPPET_PLUGINS_TRUSTED", "source.so");
        return Engine(place, {"--plugins", "plugins", "--allow-http", "127.0.0.0/8"}, std::move(variables));
    }

    Place place;

private:
    Where where_;
};

inline Answer post_signed(const Engine& engine, const std::string& target, const std::string& body,
                          const std::string& key = SourcePlace::kKey) {
    return engine.post(
        target, body,
        {{"X-Source-Signature", "sha256=" + to_hex(vault::hmac(vault::Hash::sha256, key, body))}});
}

/// How many runs of the flow have succeeded, by the number of their order.
inline std::map<int, int> orders_of(const Engine& engine, const std::string& flow,
                                    const std::string& tenant = "default") {
    std::map<int, int> out;
    std::string after;
    do {
        const Answer list =
            engine.get("/v2/tenants/" + tenant + "/runs?page[size]=500&filter[flow]=" + flow +
                       "&filter[status]=succeeded" + (after.empty() ? "" : "&page[after]=" + after));
        EXPECT_EQ(list.status, 200) << list.body;
        if (const Value* runs = list.json.find("data"))
            for (const Value& run : runs->items())
                ++out[std::atoi(test::text_at(run, {"attributes", "labels", "n"}).c_str())];
        after = list.text({"meta", "next"});
    } while (!after.empty() && after != "null");
    return out;
}

/// The orders from 1 to n, each once.
inline std::map<int, int> each_once(int n) {
    std::map<int, int> out;
    for (int i = 1; i <= n; ++i) out[i] = 1;
    return out;
}

}  // namespace tappet::e2e
