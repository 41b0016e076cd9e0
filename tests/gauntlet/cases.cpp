#include "cases.hpp"

namespace tappet::gauntlet {
namespace {

const char* const kLimit = "300ms";

std::string crashed(const std::string& code) { return "plugin.crashed plugin." + code; }
std::string by_signal(const std::string& signal) { return crashed("signal." + signal); }

}  // namespace

const std::vector<Case>& cases() {
    static const std::vector<Case> all{
        // It crashes.
        {"segfault", {by_signal("SIGSEGV")}, {}},
        {"abort", {by_signal("SIGABRT")}, {}},
        {"throw", {by_signal("SIGABRT")}, {}},
        {"stack-overflow", {by_signal("SIGSEGV")}, {}},
        {"memory-bomb", {by_signal("SIGSEGV")}, {}},
        {"divide-by-zero", {by_signal("SIGFPE")}, {}},
        {"bus-error", {by_signal("SIGBUS")}, {}},
        {"illegal-instruction", {by_signal("SIGILL")}, {}},
        {"bad-pointer", {by_signal("SIGSEGV")}, {}},
        {"forged-handle", {by_signal("SIGSEGV")}, {}},
        {"deaf-to-signals", {by_signal("SIGSEGV")}, {}},
        {"create-crashes", {by_signal("SIGSEGV")}, {}},
        {"crash-after-finish", {R"(ok "done")"}, {}},
        // It leaves.
        {"exit", {crashed("exit")}, {}},
        {"exit-zero", {crashed("exit")}, {}},
        {"underscore-exit", {crashed("exit")}, {}},
        {"quick-exit", {crashed("exit")}, {}},
        {"kills-itself", {"unavailable plugin.restarted"}, {}},
        {"create-null", {"unavailable plugin.notStarted"}, {}},
        // It hangs.
        {"endless-loop", {"timeout"}, kLimit},
        {"sleep-for-ever", {"timeout"}, kLimit},
        {"never-finishes", {"timeout"}, kLimit},
        {"loop-until-cancelled", {"timeout"}, kLimit},
        {"late-finish", {"timeout"}, kLimit},
        {"swallows-faults", {"timeout"}, kLimit},
        {"ends-its-thread", {"timeout", by_signal("SIGABRT")}, kLimit},
        {"cancels-its-thread", {"timeout", by_signal("SIGABRT")}, kLimit},
        {"long-jump", {"timeout", by_signal("SIGSEGV"), by_signal("SIGABRT"), by_signal("SIGBUS")}, kLimit},
        // It does not keep to the border.
        {"double-finish", {R"(ok "first")"}, {}},
        {"finishes-for-ever", {R"(ok "first")"}, {}},
        {"forged-call", {R"(ok "refused")"}, {}},
        {"handle-after-call", {R"(ok "done")", R"(ok "odd")", by_signal("SIGSEGV")}, {}},
        {"huge-result", {"internal plugin.resultTooLarge"}, {}},
        {"many-values", {"internal plugin.resultTooLarge"}, {}},
        {"deep-result", {"internal plugin.fault"}, {}},
        {"deep-json", {R"(ok "refused")"}, {}},
        {"invalid-utf8", {"internal plugin.fault"}, {}},
        {"unfinished-result", {"internal plugin.fault"}, {}},
        {"throws-later", {"upstream"}, {}},
        {"no-result", {"internal plugin.fault"}, {}},
        {"no-error", {"internal plugin.fault"}, {}},
        {"engines-error", {"internal"}, {}},
        {"huge-error", {"upstream"}, {}},
        // It takes what is not its own.
        {"fd-leak", {R"(ok "leaked")"}, {}},
        {"thread-leak", {R"(ok "leaked")"}, {}},
        {"fork", {R"(ok "refused")"}, {}},
        {"fork-bomb", {R"(ok "refused")"}, {}},
        {"escapes", {R"(ok "refused")"}, {}},
        {"spawns", {R"(ok "refused")"}, {}},
        {"signals-others", {R"(ok "refused")"}, {}},
        {"forked-twin", {R"(ok "first")"}, {}},
        {"changes-process", {R"(ok "changed")"}, {}},
        {"log-flood", {R"(ok "flooded")"}, {}},
        {"print-flood", {R"(ok "flooded")"}, {}},
        {"closes-all", {"plugin.crashed"}, {}},
        {"writes-garbage", {"plugin.crashed"}, {}},
        {"writes-huge-frame", {"plugin.crashed"}, {}},
    };
    return all;
}

const std::vector<Case>& hanging() {
    static const std::vector<Case> all{
        {"endless-loop", {"timeout plugin.hung"}, {}},
        {"sleep-for-ever", {"timeout plugin.hung"}, {}},
        {"never-finishes", {"timeout plugin.hung"}, {}},
        {"swallows-faults", {"timeout plugin.hung"}, {}},
        {"loop-until-cancelled", {"timeout plugin.slow"}, {}},
        {"ends-its-thread", {"timeout plugin.hung", by_signal("SIGABRT")}, {}},
        {"create-hangs", {"plugin.crashed", "timeout", "unavailable"}, {}},
    };
    return all;
}

const std::vector<Unloadable>& unloadables() {
    static const std::vector<Unloadable> all{
        {"constructor-forks", "to fork was refused"},
        {"constructor-crashes", "crashes while loading"},
        {"constructor-hangs", "hangs while loading"},
        {"constructor-exits", "ends its process while loading"},
        {"entry-crashes", "crashes while loading"},
        {"entry-hangs", "hangs while loading"},
        {"entry-null", "cannot run here"},
        {"others-table", "lies in another file"},
        {"no-entry", "does not export tappet_plugin_v1"},
        {"garbage-manifest", "manifest"},
        {"nameless-manifest", "manifest"},
        {"deep-manifest", "manifest"},
        {"huge-manifest", "manifest"},
        {"null-manifest", "incomplete tappet_plugin"},
        {"null-functions", "incomplete tappet_plugin"},
        {"short-struct", "incomplete tappet_plugin"},
    };
    return all;
}

}  // namespace tappet::gauntlet
