#include "runtime/runtime.hpp"

namespace tappet::runtime {
namespace {

/// What became of each event; told when all is durable.
struct Told {
    std::vector<Accepted> accepted;
    std::optional<Error> error;
};

}  // namespace

void Runtime::start_together(std::vector<Start> starts, std::optional<store::SourceCursor> cursor,
                             OnAcceptAll done) {
    std::optional<Error> why = refusing(starts.size());
    std::vector<std::size_t> away;
    for (std::size_t i = 0; i < starts.size() && !why; ++i) {
        why = oversize(starts[i]);
        if (!why) why = find_lane(starts[i]);
        if (!why && turns_away(starts[i])) away.push_back(i);
    }
    if (why) {
        stats_.refused += starts.size();
        return done(std::move(*why));
    }
    if (!away.empty()) return ask_owners(std::move(starts), away, std::move(cursor), std::move(done));
    auto told = std::make_shared<Told>();
    told->accepted.resize(starts.size());
    std::vector<RunId> ids;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        ids.push_back(starts[i].id);
        LiveRun& run = begin(std::move(starts[i]), [told, i](Result<Accepted> result) {
            if (result)
                told->accepted[i] = *result;
            else
                told->error = result.error();
        });
        run.gathered = true;
        drive(run);
        if (told->error) break;
    }
    if (told->error) {
        drop_gathered(ids);
        return done(*told->error);
    }
    store::Together together;
    together.commits = std::exchange(gathered_, {});
    together.cursor = std::move(cursor);
    together.done = [told, done = std::move(done), alive = alive_](const Result<void>& result) {
        if (!*alive) return;
        if (!result && !told->error) told->error = result.error();
        if (told->error) return done(*told->error);
        done(std::move(told->accepted));
    };
    for (const RunId& id : ids)
        if (LiveRun* run = find(id)) run->gathered = false;
    store_.commit_together(std::move(together));
}

/// One of those that begin together met a fault: none of them has begun.
void Runtime::drop_gathered(const std::vector<RunId>& ids) {
    for (const store::Commit& commit : std::exchange(gathered_, {})) sent_bytes_ -= commit.bytes();
    for (const RunId& id : ids) {
        LiveRun* run = find(id);
        if (!run) continue;
        run->dropped = true;
        run->accept = nullptr;
        end(*run);
    }
}

}  // namespace tappet::runtime
