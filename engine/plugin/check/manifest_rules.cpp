#include "plugin/check/manifest_rules.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include "base/closest.hpp"

namespace tappet::plugin::check {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::string_view kManifest[] = {"name",        "version",  "title",   "description", "needs",
                                          "connections", "triggers", "actions", "app"};
constexpr std::string_view kConnection[] = {"name",   "title",        "description", "type",
                                            "fields", "authorizeUrl", "tokenUrl",    "revokeUrl",
                                            "scopes", "attach",       "check"};
constexpr std::string_view kAction[] = {"name",       "title",  "description", "input",
                                        "output",     "pure",   "idempotent",  "nonBlocking",
                                        "connection", "scopes", "errors",      "samples"};
constexpr std::string_view kTrigger[] = {"name",     "title", "description", "connection", "scopes", "kind",
                                         "settings", "body",  "handles",     "events",     "samples"};
constexpr std::string_view kError[] = {"class", "code", "when"};
constexpr std::string_view kActionSample[] = {"title", "input", "results"};
constexpr std::string_view kTriggerSample[] = {"title", "body"};
constexpr std::string_view kApp[] = {"settings"};
constexpr std::string_view kConnectionTypes[] = {"apiKey", "apiKeySecret",      "basic",
                                                 "oauth2", "clientCredentials", "privateKey"};

class Rules {
public:
    explicit Rules(const Manifest& manifest) : manifest_(manifest) {}

    std::vector<std::string> faults() {
        const Value& json = manifest_.json;
        keys(json, "", kManifest);
        each(json, "connections", "", kConnection,
             [this](const Value& one, const std::string& at) { word(one, "type", at, kConnectionTypes); });
        each(json, "actions", "", kAction, [this](const Value& one, const std::string& at) {
            each(one, "errors", at, kError, nothing);
            each(one, "samples", at, kActionSample, nothing);
        });
        each(json, "triggers", "", kTrigger, [this](const Value& one, const std::string& at) {
            each(one, "samples", at, kTriggerSample, nothing);
            of_webhooks(one, at);
        });
        if (const Value* app = json.find("app")) keys(*app, "app ", kApp);
        return std::move(out_);
    }

private:
    static void nothing(const Value&, const std::string&) {}

    void keys(const Value& object, const std::string& at, Words known) {
        if (!object.is(Kind::map)) return;
        for (const MapEntry& entry : object.entries()) {
            const std::string key(entry.key.as_string());
            if (std::find(known.begin(), known.end(), key) != known.end()) continue;
            out_.push_back(at + "has a key \"" + key + "\" that nobody reads" + suggestion(key, known));
        }
    }
    template <class Then>
    void each(const Value& object, std::string_view key, const std::string& at, Words known,
              const Then& then) {
        const Value* list = object.find(key);
        if (!list || !list->is(Kind::list)) return;
        for (std::size_t i = 0; i < list->size(); ++i) {
            const Value& one = list->items()[i];
            const std::string place = at + std::string(key) + "[" + std::to_string(i) + "] ";
            keys(one, place, known);
            then(one, place);
        }
    }
    void word(const Value& object, std::string_view key, const std::string& at, Words known) {
        const Value* value = object.find(key);
        const std::string text = value && value->is(Kind::string) ? std::string(value->as_string()) : "";
        if (std::find(known.begin(), known.end(), text) != known.end()) return;
        std::string all;
        for (const std::string_view one : known) all += (all.empty() ? "" : ", ") + std::string(one);
        out_.push_back(at + std::string(key) + " \"" + text + "\" is none of " + all +
                       suggestion(text, known));
    }
    void of_webhooks(const Value& trigger, const std::string& at) {
        const Value* kind = trigger.find("kind");
        if (!kind || !kind->is(Kind::string) || kind->as_string() == "webhook") return;
        for (const char* key : {"handles", "events"})
            if (trigger.find(key))
                out_.push_back(at + key + " is of triggers of kind webhook: this is a " +
                               std::string(kind->as_string()));
    }
    static std::string suggestion(const std::string& word, Words known) {
        const std::string_view near = closest(word, known);
        return near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?";
    }

    const Manifest& manifest_;
    std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> manifest_faults(const Manifest& manifest) { return Rules(manifest).faults(); }

}  // namespace tappet::plugin::check
