#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "flow/error_class.hpp"
#include "flowtest/reader.hpp"
#include "flowtest/span.hpp"

namespace tappet::flowtest {

using flow::Fields;
using flow::YamlKind;
using flow::YamlNode;
using flow::YamlPair;

namespace {

constexpr std::array<std::string_view, 11> kKeys{"response", "run",    "runs", "error", "steps", "calls",
                                                 "outputs",  "labels", "logs", "took",  "waits"};
constexpr std::array<std::string_view, 3> kResponseKeys{"status", "headers", "body"};
constexpr std::array<std::string_view, 5> kErrorKeys{"step", "class", "code", "message", "status"};
constexpr std::array<std::string_view, 5> kStepKeys{"status", "attempts", "waited", "results", "error"};
constexpr std::array<std::string_view, 3> kLogKeys{"level", "step", "message"};
constexpr std::array<std::string_view, 5> kLevels{"trace", "debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 7> kRunStatus{"queued", "running",   "waiting",    "succeeded",
                                                     "failed", "cancelled", "quarantined"};
constexpr std::array<std::string_view, 9> kStepStatus{"pending", "running",   "retrying",
                                                      "waiting", "succeeded", "failed",
                                                      "skipped", "cancelled", "outcome_unknown"};
constexpr std::int64_t kMost = 1'000'000'000;

/// Checks the forms of what is expected; what they mean is for judge.cpp.
class Checker {
public:
    explicit Checker(flow::Findings& findings) : findings_(findings) {}

    void word(const YamlNode& node, std::string_view key, std::span<const std::string_view> words) {
        if (node.is(YamlKind::string) && std::find(words.begin(), words.end(), node.text) != words.end())
            return;
        findings_.error(node.range, "wrong-value",
                        "`" + std::string(key) + "` must be " + flow::choices(words),
                        node.is(YamlKind::string) ? closest(node.text, words) : std::string_view{});
    }
    void words(const YamlNode& node, std::string_view key, std::span<const std::string_view> known) {
        if (!node.is(YamlKind::sequence)) return word(node, key, known);
        for (const YamlNode& item : node.items) word(item, key, known);
    }
    void span(const YamlNode& node, std::string_view key) {
        if (node.is(YamlKind::string) && parse_span(node.text)) return;
        findings_.error(
            node.range, "wrong-duration",
            "`" + std::string(key) +
                "` must be a duration, such as 20s, or one with <, <=, >, >= or == before it, such "
                "as \">=20s\"");
    }
    bool kind(const YamlNode& node, std::string_view key, YamlKind wanted, std::string_view text) {
        if (node.is(wanted)) return true;
        findings_.error(node.range, "wrong-type",
                        "`" + std::string(key) + "` must be " + std::string(text) + ", this is " +
                            std::string(kind_text(node)));
        return false;
    }
    void response(const YamlNode& node) {
        const Fields fields(findings_, node, "a response", kResponseKeys);
        fields.integer("status", 100, 599);
        if (const YamlPair* headers = fields.get("headers"))
            kind(headers->value, "headers", YamlKind::mapping, "a map");
    }
    void responses(const YamlNode& node) {
        if (!node.is(YamlKind::sequence)) return response(node);
        for (const YamlNode& item : node.items)
            if (!item.is(YamlKind::null)) response(item);
    }
    void error(const YamlNode& node) {
        if (node.is(YamlKind::null)) return;
        const Fields fields(findings_, node, "an error", kErrorKeys);
        if (const YamlPair* name = fields.get("class")) word(name->value, "class", flow::error_class_names());
    }
    void step(const YamlNode& node) {
        if (node.is(YamlKind::string)) return word(node, "status", kStepStatus);
        const Fields fields(findings_, node, "the expectation of a step", kStepKeys);
        if (const YamlPair* status = fields.get("status")) word(status->value, "status", kStepStatus);
        fields.integer("attempts", 0, kMost);
        if (const YamlPair* waited = fields.get("waited")) span(waited->value, "waited");
        if (const YamlPair* wrong = fields.get("error")) error(wrong->value);
    }
    void log(const YamlNode& node) {
        if (node.is(YamlKind::string)) return;
        const Fields fields(findings_, node, "a line of the log", kLogKeys);
        fields.choice("level", kLevels);
    }

private:
    flow::Findings& findings_;
};

const YamlNode* node_of(const Fields& fields, std::string_view key) {
    const YamlPair* pair = fields.get(key);
    return pair ? &pair->value : nullptr;
}

std::vector<Expectation::Member> members_of(Checker& check, const Fields& fields, std::string_view key,
                                            std::string_view form) {
    std::vector<Expectation::Member> out;
    const YamlNode* node = node_of(fields, key);
    if (!node || !check.kind(*node, key, YamlKind::mapping, form)) return out;
    for (const YamlPair& one : node->pairs) out.push_back({one.key, one.key_range, &one.value});
    return out;
}

}  // namespace

Expectation read_expectation(SuiteReader& reader, const YamlPair& pair) {
    Expectation out;
    const Fields fields(reader.findings, pair.value, "`expect`", kKeys);
    if (!fields.valid()) return out;
    if (pair.value.pairs.empty())
        reader.findings.error(pair.value.range, "missing-key",
                              "`expect` says nothing: a case that expects nothing always passes");
    Checker check(reader.findings);
    out.response = node_of(fields, "response");
    if (out.response) check.responses(*out.response);
    out.run = node_of(fields, "run");
    if (out.run) check.words(*out.run, "run", kRunStatus);
    out.runs = node_of(fields, "runs");
    fields.integer("runs", 0, kMost);
    out.error = node_of(fields, "error");
    if (out.error) check.error(*out.error);
    out.steps = members_of(check, fields, "steps", "a map of steps by id or path");
    for (const auto& step : out.steps) check.step(*step.value);
    out.calls = members_of(check, fields, "calls", "a map of lists by action or step");
    for (const auto& call : out.calls)
        check.kind(*call.value, call.name, YamlKind::sequence, "a list of inputs, one for each call");
    out.outputs = node_of(fields, "outputs");
    out.labels = node_of(fields, "labels");
    if (out.labels) check.kind(*out.labels, "labels", YamlKind::mapping, "a map");
    out.logs = node_of(fields, "logs");
    if (out.logs && check.kind(*out.logs, "logs", YamlKind::sequence, "a list of lines"))
        for (const YamlNode& line : out.logs->items) check.log(line);
    out.took = node_of(fields, "took");
    if (out.took) check.span(*out.took, "took");
    out.waits = node_of(fields, "waits");
    if (out.waits &&
        check.kind(*out.waits, "waits", YamlKind::sequence, "a list of durations, one for each wait"))
        for (const YamlNode& wait : out.waits->items) check.span(wait, "waits");
    return out;
}

}  // namespace tappet::flowtest
