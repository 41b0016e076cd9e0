#include "app/commands/listing.hpp"

#include <CLI/CLI.hpp>

#include "app/document.hpp"
#include "base/encoding.hpp"
#include "base/printable.hpp"

namespace tappet::app {
namespace {

constexpr std::size_t kMostListed = 500;

/// A refusal of the API, with the flag's name for its parameter's.
std::string in_words_of(const Filter& filter, std::string text) {
    if (text.starts_with(filter.parameter + " ")) text.erase(0, filter.parameter.size() + 1);
    if (constexpr std::string_view of_addresses = ", and stands once"; text.ends_with(of_addresses))
        text.resize(text.size() - of_addresses.size());
    return filter.flag + " " + text + "; not `" + filter.given + "`";
}

}  // namespace

void take_page(CLI::App& command, PageOptions& page) {
    command.add_option("-n,--limit", page.limit, "how many")
        ->check(CLI::Range(std::size_t{1}, kMostListed))
        ->capture_default_str();
    command.add_option("--after", page.after, "the cursor that the last page gave");
}

Exit fail(const Console& console, const Refusal& refusal, std::span<const Filter> filters) {
    for (const Filter& filter : filters)
        if (refusal.parameter == filter.parameter)
            return console.fail(Exit::usage, in_words_of(filter, refusal.message));
    return console.fail(refusal.exit, refusal.message);
}

std::optional<Listed> ask_page(Invocation& call, const std::string& path, const PageOptions& page,
                               std::span<const Filter> filters, Exit& exit) {
    std::vector<Filter> all(filters.begin(), filters.end());
    all.push_back({"page[after]", "--after", page.after});
    std::string query = "?page[size]=" + std::to_string(page.limit);
    for (const Filter& filter : all)
        if (!filter.given.empty())
            query += "&" + filter.parameter + "=" +
                     percent_encode(filter.sent.empty() ? filter.given : filter.sent);
    const auto reply = ask(call.target, "GET", call.target.resource(path) + query, Shape::resources);
    if (!reply) {
        exit = fail(call.console, reply.error(), all);
        return std::nullopt;
    }
    Listed out;
    for (const Value& resource : items_of(reply->json, "data")) out.items.push_back(plain(resource));
    if (const Value* meta = reply->json.find("meta")) out.meta = *meta;
    if (const Value* next = out.meta.find("next")) out.next = *next;
    return out;
}

void note_next(const Console& console, const Listed& listed) {
    if (listed.next.is(Kind::string))
        console.note("older ones: --after " + printable(listed.next.as_string()));
}

}  // namespace tappet::app
