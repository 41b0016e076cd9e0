#include <array>

#include "base/closest.hpp"
#include "flow/error_class.hpp"
#include "flowtest/reader.hpp"

namespace tappet::flowtest {

using flow::Fields;
using flow::YamlKind;
using flow::YamlNode;
using flow::YamlPair;

namespace {

constexpr std::array<std::string_view, 4> kAnswerKeys{"results", "error", "after", "never"};
constexpr std::array<std::string_view, 5> kErrorKeys{"class", "message", "code", "status", "retryAfter"};

void read_error(SuiteReader& reader, const YamlPair& pair, MockAnswer& out) {
    flow::RunError error;
    const Fields fields(reader.findings, pair.value, "the `error` of a mock", kErrorKeys);
    if (!fields.valid()) return;
    if (const YamlPair* name = fields.need("class")) {
        const auto parsed = flow::parse_error_class(name->value.text);
        if (parsed)
            error.error_class = *parsed;
        else
            reader.findings.error(
                name->value.range, "unknown-class",
                "no such error class; there are " + flow::choices(flow::error_class_names()),
                closest(name->value.text, flow::error_class_names()));
    }
    error.message = fields.text("message").value_or("mocked");
    error.code = fields.text("code").value_or("");
    error.status = static_cast<int>(fields.integer("status", 100, 599).value_or(0));
    out.retry_after = fields.duration("retryAfter");
    out.outcome = std::move(error);
}

MockAnswer read_answer(SuiteReader& reader, const YamlNode& node) {
    MockAnswer out;
    const std::size_t before = reader.findings.count();
    const Fields fields(reader.findings, node, "the answer of a mock", kAnswerKeys);
    if (!fields.valid()) return out;
    const YamlPair* results = fields.get("results");
    const YamlPair* error = fields.get("error");
    const YamlPair* never = fields.get("never");
    if (!results && !error && !never)
        reader.findings.error(fields.first_key(), "missing-key",
                              "the answer of a mock needs `results`, `error` or `never: true`");
    for (const YamlPair* second : {error, never}) {
        const YamlPair* first = results ? results : error;
        if (second && first && second != first)
            reader.findings.error(second->key_range, "wrong-value",
                                  "a mock answers with one of `results`, `error` and `never`; a list is one "
                                  "entry for each call");
    }
    if (results) out.outcome = to_value(results->value);
    if (error) read_error(reader, *error, out);
    if (never) {
        out.never = never->value.is(YamlKind::boolean) && never->value.scalar.as_boolean();
        if (!out.never)
            reader.findings.error(never->value.range, "wrong-value", "`never` is true, or it is left out");
    }
    out.after = fields.duration("after").value_or(std::chrono::milliseconds(0));
    if (reader.findings.count() == before)
        out.written = results ? &results->value : error ? &error->value : nullptr;
    return out;
}

}  // namespace

std::vector<Mock> read_mocks(SuiteReader& reader, const YamlPair* pair) {
    std::vector<Mock> out;
    if (!pair) return out;
    if (!pair->value.is(YamlKind::mapping)) {
        reader.findings.error(pair->value.range, "wrong-type",
                              "`mocks` must be a map of answers by step or action, this is " +
                                  std::string(kind_text(pair->value)));
        return out;
    }
    for (const YamlPair& one : pair->value.pairs) {
        Mock mock;
        mock.name = one.key;
        mock.at = one.key_range;
        if (!one.value.is(YamlKind::sequence)) {
            mock.answers.push_back(read_answer(reader, one.value));
        } else {
            for (const YamlNode& item : one.value.items) mock.answers.push_back(read_answer(reader, item));
            if (mock.answers.empty())
                reader.findings.error(one.value.range, "wrong-type", "a mock needs at least one answer");
        }
        out.push_back(std::move(mock));
    }
    return out;
}

}  // namespace tappet::flowtest
