#include "app/sending.hpp"

#include "app/arguments.hpp"
#include "app/document.hpp"
#include "app/files.hpp"
#include "app/secrets.hpp"
#include "trigger/sign.hpp"

namespace tappet::app {
namespace {

constexpr std::size_t kMaxSecret = 64u << 10;   ///< bytes of a file with a secret
constexpr std::size_t kMaxWritten = 16u << 10;  ///< bytes of a payload that stand in the line themselves

std::vector<std::string> texts_of(const Value& object, std::string_view name) {
    std::vector<std::string> out;
    for (const Value& item : items_of(object, name))
        if (item.is(Kind::string)) out.emplace_back(item.as_string());
    return out;
}

/// A header of curl. One without a value is written with a semicolon, else curl takes it away.
std::string header_words(const std::string& name, const std::string& value) {
    return " -H " + shell_quoted(value.empty() ? name + ";" : name + ": " + value);
}

}  // namespace

std::optional<SenderSecret> secret_of_environment(const std::string& name) {
    const auto value = find_secret("", name);
    if (!value) return std::nullopt;
    return SenderSecret{std::string(value->as_string()), "$TAPPET_SECRET_" + name};
}

Result<SenderSecret> secret_of_file(const std::string& path) {
    auto text = read_file(path, kMaxSecret);
    if (!text) return text.error();
    if (text->ends_with('\n')) text->pop_back();
    if (text->ends_with('\r')) text->pop_back();
    return SenderSecret{std::move(*text), path == "-" ? "$SECRET" : "$(cat " + shell_quoted(path) + ")"};
}

flow::VerifyPlan verification_of(const Value& trigger, const std::string& as) {
    flow::VerifyPlan plan;
    const Value* settings = trigger.find("verification");
    if (settings && settings->is(Kind::map)) {
        plan.preset = text_of(*settings, "preset");
        plan.secret_names = texts_of(*settings, "secrets");
        if (as.empty() || as == plan.preset) {
            plan.header = text_of(*settings, "header");
            plan.algorithm = text_of(*settings, "algorithm");
            plan.encoding = text_of(*settings, "encoding");
            plan.prefix = text_of(*settings, "prefix");
            plan.body_template = text_of(*settings, "template");
            plan.algorithms = texts_of(*settings, "algorithms");
            plan.audience = text_of(*settings, "audience");
            plan.issuer = text_of(*settings, "issuer");
            plan.legacy = text_of(*settings, "legacy") == "true";
        }
    }
    if (!as.empty()) plan.preset = as;
    // As somebody else, by what is usual there.
    if (plan.preset == "hmac" && plan.header.empty()) plan.header = "x-signature";
    if (plan.preset == "jwt" && plan.algorithms.empty()) plan.algorithms = {"HS256"};
    return plan;
}

Result<void> Sending::sign(const flow::VerifyPlan& plan, const SenderSecret& secret, std::string_view id,
                           TimeMs now) {
    http::Request request;
    request.method = method;
    request.headers = headers;
    request.body = payload;
    const auto made = trigger::sign({plan, secret.value, request, id, now});
    if (!made) return made.error();
    for (const auto& [name, value] : made->items()) {
        if (headers.get(name)) continue;
        headers.add(name, value);
        if (!trigger::shows_secret(plan.preset)) continue;
        credential = plan.preset == "basic" ? " --user \"" + secret.words + "\""
                                            : " -H \"authorization: Bearer " + secret.words + "\"";
    }
    return {};
}

std::string Sending::curl() const {
    std::string out = "curl -i -X " + shell_quoted(method);
    for (const auto& [name, value] : headers.items())
        out += !credential.empty() && http::same_name(name, "authorization") ? credential
                                                                             : header_words(name, value);
    const bool written =
        payload_file.empty() || (payload.size() <= kMaxWritten && payload.find('\0') == std::string::npos);
    out += written ? " --data-raw " + shell_quoted(payload)
                   : " --data-binary " + shell_quoted("@" + payload_file);
    return out + " " + shell_quoted(url);
}

}  // namespace tappet::app
