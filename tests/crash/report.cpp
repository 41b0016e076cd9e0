#include "report.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace tappet::crash {
namespace {

void row(const char* name, std::size_t value) { std::printf("  %-34s %10zu\n", name, value); }
void row_ms(const char* name, double value) { std::printf("  %-34s %10.1f ms\n", name, value); }

void tell_times(const std::string& what, std::vector<double> times_ms) {
    if (times_ms.empty()) return;
    std::sort(times_ms.begin(), times_ms.end());
    row_ms((what + ", median").c_str(), times_ms[times_ms.size() / 2]);
    row_ms((what + ", longest").c_str(), times_ms.back());
}

}  // namespace

void tell_progress(const char* what, std::size_t done, std::size_t all, const Scene& scene) {
    if (::isatty(STDERR_FILENO) == 0) return;
    std::fprintf(stderr, "\r%s %zu of %zu, %zu events, %zu runs through, %zu broken promises ", what, done,
                 all, scene.ledger.events().size(), scene.through(), scene.ledger.broken().size());
    if (done >= all) std::fputc('\n', stderr);
}

bool tell(const std::string& title, const Scene& scene) {
    const Ledger& ledger = scene.ledger;
    std::printf("%s\n", title.c_str());
    row("kills", ledger.kills);
    row("  while it started", ledger.early_kills);
    row("stops in order", ledger.stops);
    row("events", ledger.events().size());
    row("  acknowledged", ledger.acked);
    row("    by the run itself", ledger.answered);
    row("deliveries", ledger.sends);
    row("  answered as repetitions", ledger.replays);
    row("  refused with 429", ledger.refused);
    row("  cut off", ledger.cut_off);
    row("runs", ledger.runs);
    row("effects", scene.effects.size());
    row("  calls", scene.effects.calls);
    row("  refused with 503", scene.effects.unavailable);
    row("  made again with the same key", scene.effects.repeated);
    row("looks at runs under way", ledger.looks);
    row("starts", ledger.ready_ms.size());
    tell_times("start to ready", ledger.ready_ms);
    tell_times("asked to stop to its end", ledger.stop_ms);
    for (const auto& [name, value] : scene.ledger.times_ms) row_ms(name.c_str(), value);
    for (const std::string& what : ledger.broken()) std::printf("BROKEN %s\n", what.c_str());
    std::printf("%s: %s\n\n", title.c_str(),
                ledger.broken().empty() ? "all promises held" : "promises were broken");
    return ledger.broken().empty();
}

}  // namespace tappet::crash
