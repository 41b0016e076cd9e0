#include "checks.hpp"

#include <fstream>
#include <set>

#include "flows.hpp"

namespace tappet::crash {
namespace {

void check_effects(Scene& scene, const std::vector<ListedRun>& runs) {
    std::set<std::string> known;
    for (const ListedRun& run : runs) {
        known.insert(run.id);
        for (const std::string& place : places_of(run.flow)) {
            const Effect* effect = scene.effects.find(run.event, run.id, place);
            if (!effect || effect->successes == 0)
                scene.ledger.broken("run " + run.id + " has ended, but its effect " + place +
                                    " was never made");
        }
    }
    for (const auto& [path, effect] : scene.effects.all())
        if (!known.contains(effect.run)) scene.ledger.broken("an effect of a run that is not there: " + path);
}

}  // namespace

void check_listed(Ledger& ledger, const std::vector<ListedRun>& runs) {
    std::set<std::string> events;
    for (const ListedRun& run : runs) {
        const Event* event = ledger.find(run.event);
        if (!event)
            ledger.broken("run " + run.id + " belongs to no event of ours: " + run.event);
        else if (event->run != run.id)
            ledger.broken("event " + run.event + " was answered with run " + event->run + ", but is run " +
                          run.id);
        if (!events.insert(run.event).second) ledger.broken("event " + run.event + " has several runs");
    }
    for (const Event& event : ledger.events())
        if (!event.run.empty() && !events.contains(event.id))
            ledger.broken("event " + event.id + " was acknowledged, but run " + event.run + " is not there");
    ledger.runs = runs.size();
}

void check_log(Ledger& ledger, const EngineFiles& files) {
    std::ifstream log(files.log());
    for (std::string line; std::getline(log, line);)
        for (const char* sign : {" error ", "Sanitizer", "runtime error:"})
            if (line.find(sign) != std::string::npos) ledger.broken("the engine's log says: " + line);
}

Task<> check_all(Scene& scene, Witness& witness) {
    const auto runs = co_await list_runs(scene);
    if (!runs) {
        scene.ledger.broken("the runs could not be listed");
        co_return;
    }
    check_listed(scene.ledger, *runs);
    Connection connection(scene.loop);
    for (const ListedRun& run : *runs) {
        if (run.status != "succeeded") scene.ledger.broken("run " + run.id + " is " + run.status);
        const auto document = co_await read_run(scene, connection, run.id);
        if (!document)
            scene.ledger.broken("run " + run.id + " could not be read");
        else
            witness.note(*document);
    }
    check_effects(scene, *runs);
}

}  // namespace tappet::crash
