#include "plugin/check/check.hpp"

#include <array>

namespace tappet::plugin::check {

std::span<const Check> checks() {
    static constexpr std::array all{
        Check{"manifest", "the manifest keeps the rules, and its schemas compile", manifest_holds},
        Check{"manifest-in-file", "the file holds the manifest that the plugin tells",
              manifest_stands_in_file},
        Check{"samples", "samples fit the schemas, and pure actions yield them", samples_fit},
        Check{"symbols", "one symbol is exported", one_symbol},
        Check{"entry", "the entry gives the same table each time", same_entry},
        Check{"life", "it starts, ends, and starts again", starts_again},
        Check{"leavings", "no thread and no open file is left when it has ended", leaves_nothing},
        Check{"results", "every action completes once, and its results fit its schema", results_fit},
        Check{"malformed-input", "an input that does not fit fails or is borne, and nothing crashes",
              malformed_input},
        Check{"cancel-at-once", "a call that is cancelled at once completes once", cancel_at_once},
        Check{"cancel-late", "a cancel after the end is borne", cancel_late},
        Check{"unknown-kind", "a call of an unknown kind fails as internal", unknown_kind},
        Check{"older-engine", "an engine without services is borne", older_engine},
        Check{"newer-engine", "an engine with longer tables is borne", newer_engine},
        Check{"secrets", "no error holds a secret of the input", secrets_stay},
        Check{"hooks", "garbage at hooks is refused, and nothing crashes", garbage_at_hooks},
        Check{"polls", "a poll yields no more events than it is asked for", polls_within_limit},
    };
    return all;
}

}  // namespace tappet::plugin::check
