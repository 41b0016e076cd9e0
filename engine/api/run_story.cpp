#include "api/run_story.hpp"

#include <iterator>

#include "run/journal.hpp"

namespace tappet::api {
namespace {

using Entries = std::vector<run::Entry>;

Result<Entries> read_entries(store::Store& store, const RunId& id, const std::string& tenant,
                             const run::Sealer* sealer) {
    const Error missing = Error::not_found("there is no run " + id.text());
    const auto rows = store.journal(id);
    if (!rows) return rows.error().code == ErrorCode::not_found ? missing : rows.error();
    Entries entries;
    for (const std::string& row : *rows) {
        auto part = run::decode_row(id, row, sealer);
        if (!part) return part.error();
        std::move(part->begin(), part->end(), std::back_inserter(entries));
    }
    const auto* start = entries.empty() ? nullptr : std::get_if<run::RunStarted>(&entries.front().body);
    if (!start || start->tenant != tenant) return missing;
    return entries;
}

}  // namespace

void read_story(const Context& context, const RunId& id, const std::string& tenant,
                std::function<void(Result<StoryPtr>)> done) {
    context.background.run(
        [&store = context.store, sealer = context.sealer, id, tenant] {
            return read_entries(store, id, tenant, sealer);
        },
        [context, done = std::move(done)](Result<Entries> entries) {
            if (!entries) return done(entries.error());
            const auto& start = std::get<run::RunStarted>(entries->front().body);
            const auto flow = context.flows.version(start.tenant, start.flow, start.version);
            if (!flow) return done(flow.error());
            context.background.run(
                [plan = (*flow)->plan, entries = std::move(*entries)]() -> Result<StoryPtr> {
                    auto story = run::history(plan, entries);
                    if (!story) return story.error();
                    return std::make_shared<const run::History>(std::move(*story));
                },
                [done](Result<StoryPtr> story) { done(std::move(story)); });
        });
}

}  // namespace tappet::api
