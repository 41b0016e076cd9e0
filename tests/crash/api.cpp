#include "api.hpp"

#include "expr/json.hpp"

namespace tappet::crash {
namespace {

constexpr std::string_view kRuns = "/v2/tenants/default/runs";

/// A request to a ready engine whose answer must be this status.
Task<std::optional<Value>> ask(Scene& scene, Connection& connection, std::string method, std::string target) {
    if (!scene.address) co_return std::nullopt;
    const std::string address = *scene.address;
    const std::optional<Message> answer = co_await connection.exchange(address, method, target, "");
    if (!answer) co_return std::nullopt;
    auto document = read_json(answer->body);
    if (answer->status() == 200 && document) co_return *document;
    scene.ledger.broken(method + " " + target + " was answered with " + answer->start + ": " + answer->body);
    co_return std::nullopt;
}

void take_page(const Value& document, std::vector<ListedRun>& out) {
    const Value* data = document.find("data");
    if (!data || !data->is(Kind::list)) return;
    for (const Value& row : data->items())
        out.push_back({text_at(row, {"id"}), text_at(row, {"attributes", "flow"}),
                       text_at(row, {"attributes", "labels", "event"}),
                       text_at(row, {"attributes", "status"})});
}

}  // namespace

std::string text_at(const Value& document, std::initializer_list<std::string_view> path) {
    const Value* value = document.at(std::span(path.begin(), path.size()));
    return value && value->is(Kind::string) ? std::string(value->as_string()) : std::string();
}

Task<std::optional<std::vector<ListedRun>>> list_runs(Scene& scene, std::string statuses) {
    Connection connection(scene.loop);
    std::vector<ListedRun> out;
    std::string target(kRuns);
    target += "?page[size]=500";
    if (!statuses.empty()) target += "&filter[status]=" + statuses;
    std::string after;
    do {
        std::string page = target;
        if (!after.empty()) page += "&page[after]=" + after;
        const auto document = co_await ask(scene, connection, "GET", std::move(page));
        if (!document) co_return std::nullopt;
        take_page(*document, out);
        after = text_at(*document, {"meta", "next"});
    } while (!after.empty());
    co_return out;
}

Task<std::optional<Value>> read_run(Scene& scene, Connection& connection, std::string run) {
    std::string target = std::string(kRuns) + "/" + run + "?include=steps";
    co_return co_await ask(scene, connection, "GET", std::move(target));
}

Task<bool> cancel_run(Scene& scene, Connection& connection, std::string run) {
    std::string target = std::string(kRuns) + "/" + run + "/cancel";
    const auto document = co_await ask(scene, connection, "POST", std::move(target));
    co_return document&& text_at(*document, {"data", "attributes", "status"}) == "cancelled";
}

}  // namespace tappet::crash
