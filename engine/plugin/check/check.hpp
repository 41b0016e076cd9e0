#pragma once
#include <span>
#include <string>
#include <string_view>

namespace tappet::plugin::check {

enum class Verdict { passed, failed, skipped };

struct Outcome {
    Verdict verdict = Verdict::passed;
    std::string what;  ///< why it failed or was skipped; one line for each fault
};

/// One promise of docs/ABI.md that a plugin has to keep. Runs in a process of its own: it may crash, hang and
/// leave things behind.
struct Check {
    std::string_view name;   ///< "cancel-late"
    std::string_view holds;  ///< what is so when it passes
    Outcome (*run)(const std::string& file);
};

/// All of them, in the order in which they make sense to read.
std::span<const Check> checks();

// Those of each file.
Outcome manifest_holds(const std::string& file);
Outcome manifest_stands_in_file(const std::string& file);
Outcome samples_fit(const std::string& file);
Outcome one_symbol(const std::string& file);
Outcome same_entry(const std::string& file);
Outcome starts_again(const std::string& file);
Outcome leaves_nothing(const std::string& file);
Outcome results_fit(const std::string& file);
Outcome malformed_input(const std::string& file);
Outcome cancel_at_once(const std::string& file);
Outcome cancel_late(const std::string& file);
Outcome unknown_kind(const std::string& file);
Outcome older_engine(const std::string& file);
Outcome newer_engine(const std::string& file);
Outcome secrets_stay(const std::string& file);
Outcome garbage_at_hooks(const std::string& file);
Outcome polls_within_limit(const std::string& file);

}  // namespace tappet::plugin::check
