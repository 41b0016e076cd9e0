#include "plugin/manifest.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "expr/json.hpp"
#include "flow/error_class.hpp"
#include "flow/findings.hpp"

namespace tappet::plugin {
namespace {

constexpr std::size_t kMostName = 128;

/// Lower-case letters, digits, '-', '_' and '.', beginning with a letter or digit.
bool is_name(std::string_view name, bool with_dots) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (name.empty() || name.size() > kMostName || !plain(name.front())) return false;
    return std::all_of(name.begin(), name.end(),
                       [&](char c) { return plain(c) || c == '-' || c == '_' || (with_dots && c == '.'); });
}

/// Reads members of one object of the manifest and remembers the first thing that is wrong.
class Reader {
public:
    Reader(const Value& object, std::string place) : object_(object), place_(std::move(place)) {
        if (!object.is(Kind::map)) wrong("must be an object");
    }
    std::string text(std::string_view key) {
        const Value* value = object_.find(key);
        if (!value) return {};
        if (value->is(Kind::string)) return std::string(value->as_string());
        wrong(std::string(key) + " must be a string");
        return {};
    }
    std::string name(bool with_dots) {
        std::string out = text("name");
        if (out.empty())
            wrong("name is missing");
        else if (!is_name(out, with_dots))
            wrong("name \"" + out +
                  "\" must begin with a lower-case letter or digit and have lower-case letters, digits, " +
                  (with_dots ? "'-', '_' and '.'" : "'-' and '_'") + " alone, at most " +
                  std::to_string(kMostName));
        return out;
    }
    bool flag(std::string_view key) {
        const Value* value = object_.find(key);
        if (!value) return false;
        if (value->is(Kind::boolean)) return value->as_boolean();
        wrong(std::string(key) + " must be true or false");
        return false;
    }
    std::vector<std::string> texts(std::string_view key) {
        std::vector<std::string> out;
        const Value* list = object_.find(key);
        if (!list) return out;
        if (!list->is(Kind::list)) return wrong(std::string(key) + " must be a list of strings"), out;
        for (const Value& item : list->items()) {
            if (!item.is(Kind::string)) return wrong(std::string(key) + " must be a list of strings"), out;
            out.emplace_back(item.as_string());
        }
        return out;
    }
    /// A text, or a list of them.
    std::vector<std::string> one_or_more(std::string_view key) {
        const Value* value = object_.find(key);
        if (value && value->is(Kind::list)) return texts(key);
        std::string one = text(key);
        if (one.empty()) return {};
        return {std::move(one)};
    }
    std::shared_ptr<const flow::Schema> schema(std::string_view key) {
        const Value* value = object_.find(key);
        if (!value || value->is_null()) return nullptr;
        std::vector<flow::Schema::CompileError> errors;
        auto out = flow::Schema::compile(*value, errors);
        if (!out)
            wrong(std::string(key) + " is no schema" +
                  (errors.empty() ? std::string()
                                  : ": " + errors.front().pointer + " " + errors.front().detail));
        return out;
    }
    /// The members of a list that is there or not, each to be an object.
    std::vector<std::pair<const Value*, std::string>> objects(std::string_view key) {
        std::vector<std::pair<const Value*, std::string>> out;
        const Value* list = object_.find(key);
        if (!list) return out;
        if (!list->is(Kind::list)) return wrong(std::string(key) + " must be a list"), out;
        for (const Value& item : list->items()) {
            const std::string place = std::string(key) + "[" + std::to_string(out.size()) + "] ";
            if (!item.is(Kind::map)) return wrong(place + "must be an object"), out;
            out.emplace_back(&item, place_ + place);
        }
        return out;
    }
    void wrong(std::string what) {
        if (problem_.empty()) problem_ = "manifest: " + place_ + what;
    }
    void take(const Reader& part) {
        if (problem_.empty()) problem_ = part.problem_;
    }
    const std::string& problem() const { return problem_; }

private:
    const Value& object_;
    std::string place_;
    std::string problem_;
};

std::optional<flow::TriggerKind> parse_kind(std::string_view text) {
    static constexpr std::array<std::string_view, 5> kNames{"webhook", "manual", "schedule", "poll", "flow"};
    const auto found = std::find(kNames.begin(), kNames.end(), text);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<flow::TriggerKind>(found - kNames.begin());
}

std::string place_of(std::string_view list, std::size_t index) {
    return std::string(list) + "[" + std::to_string(index) + "] ";
}

/// What entries of a manifest are read with.
struct Named {
    std::string name;  ///< the plugin's
    std::set<std::string> connections;
};

/// The connections that an entry names, one or a list: each is to be one of the manifest's.
void read_connections(Reader& entry, const std::set<std::string>& known) {
    for (const std::string& name : entry.one_or_more("connection"))
        if (!known.contains(name))
            entry.wrong("connection \"" + name + "\" is none of the manifest's connections");
}

std::vector<flow::DeclaredError> read_errors(Reader& action) {
    std::vector<flow::DeclaredError> out;
    for (const auto& [json, place] : action.objects("errors")) {
        Reader reader(*json, place);
        flow::DeclaredError error;
        error.code = reader.text("code");
        reader.text("when");
        if (const auto known = flow::parse_error_class(reader.text("class")))
            error.error_class = *known;
        else
            reader.wrong("class must be one of " + flow::choices(flow::error_class_names()));
        action.take(reader);
        out.push_back(std::move(error));
    }
    return out;
}

std::string read_action(const Value& json, std::string place, const Named& plugin, Action& out) {
    Reader reader(json, std::move(place));
    out.name = plugin.name + "/" + reader.name(true);
    out.title = reader.text("title");
    out.description = reader.text("description");
    out.pure = reader.flag("pure");
    out.idempotent = out.pure || reader.flag("idempotent");
    out.non_blocking = reader.flag("nonBlocking");
    out.input = reader.schema("input");
    out.output = reader.schema("output");
    out.errors = read_errors(reader);
    read_connections(reader, plugin.connections);
    return reader.problem();
}

std::string read_trigger(const Value& json, std::string place, const Named& plugin, Trigger& out) {
    Reader reader(json, std::move(place));
    out.name = plugin.name + "/" + reader.name(true);
    out.title = reader.text("title");
    out.description = reader.text("description");
    if (const auto kind = parse_kind(reader.text("kind"))) {
        out.kind = *kind;
    } else {
        reader.wrong("kind must be webhook, manual, schedule, poll or flow");
    }
    out.settings = reader.schema("settings");
    out.body = reader.schema("body");
    out.handles = reader.flag("handles");
    out.events = reader.texts("events");
    read_connections(reader, plugin.connections);
    return reader.problem();
}

/// Reads a list of entries, each with a name of its own. Returns what is wrong.
template <class Spec, class Read>
std::string read_list(const Value& manifest, const Named& plugin, std::string_view key, const Read& read,
                      std::vector<std::shared_ptr<Spec>>& out) {
    const Value* list = manifest.find(key);
    if (!list) return {};
    if (!list->is(Kind::list)) return "manifest: " + std::string(key) + " must be a list";
    std::set<std::string> names;
    for (const Value& json : list->items()) {
        auto spec = std::make_shared<Spec>();
        std::string place = place_of(key, out.size());
        if (std::string problem = read(json, place, plugin, *spec); !problem.empty()) return problem;
        if (!names.insert(spec->name).second)
            return "manifest: " + place + "is a second \"" + spec->name + "\"";
        out.push_back(std::move(spec));
    }
    return {};
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text) {
    if (text.empty()) return Error::invalid("manifest: it is empty");
    auto json = read_json(text);
    if (!json) return Error::invalid("manifest: " + json.error().message);
    Manifest out;
    out.json = std::move(*json);
    Reader reader(out.json, "");
    out.name = reader.name(false);
    out.version = reader.text("version");
    if (out.version.empty())
        reader.wrong(out.json.find("version") ? "version must not be empty" : "version is missing");
    out.needs = reader.texts("needs");
    if (const Value* app = out.json.find("app"); app && !app->is_null()) {
        if (!app->is(Kind::map)) reader.wrong("app must be an object");
        out.app = true;
    }
    Named plugin{out.name, {}};
    for (const auto& [declared, place] : reader.objects("connections")) {
        Reader connection(*declared, place);
        plugin.connections.insert(connection.name(true));
        reader.take(connection);
    }
    std::string problem = reader.problem();
    if (problem.empty()) problem = read_list(out.json, plugin, "actions", read_action, out.actions);
    if (problem.empty()) problem = read_list(out.json, plugin, "triggers", read_trigger, out.triggers);
    if (!problem.empty()) return Error::invalid(std::move(problem));
    for (std::size_t i = 0; i < out.actions.size(); ++i) out.actions[i]->index = i;
    for (std::size_t i = 0; i < out.triggers.size(); ++i) out.triggers[i]->index = i;
    return out;
}

}  // namespace tappet::plugin
