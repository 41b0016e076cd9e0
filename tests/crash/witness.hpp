#pragma once
#include <map>
#include <string>

#include "api.hpp"

namespace tappet::crash {

/// Looks at runs from outside while the engine is killed again and again, remembers which steps were recorded
/// as complete and how, and says when a later look tells another story.
class Witness {
public:
    explicit Witness(Scene& scene) : scene_(scene) {}

    void begin();
    /// Looks no more; returns once the last look is over.
    Task<> finish();
    /// Compares a run's document with what was seen of it, and remembers it.
    void note(const Value& document);

private:
    struct Seen {
        std::string status;                        ///< of a run that has ended
        std::map<std::string, std::string> steps;  ///< path of a complete step → its attempts, times, results
    };
    Task<> look();
    const Event* choose();
    void note_step(Seen& seen, const std::string& run, const std::string& event, const Value& step);

    Scene& scene_;
    std::map<std::string, Seen> runs_;
    bool finishing_ = false, finished_ = false;
};

}  // namespace tappet::crash
