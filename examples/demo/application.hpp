#pragma once
#include <string>

#include "ledger.hpp"
#include "message.hpp"

namespace demo {

/// What becomes of a request.
struct Outcome {
    Answer answer;
    std::string key = {};  ///< of the effect that the answer tells of; empty for a read
    bool silent = false;   ///< the effect is there, the answer never comes
};

/// The application that the flows look after: locations, features, trials, messages, plans. It changes
/// something only for a request with an Idempotency-Key. One thread.
class Application {
public:
    explicit Application(Ledger& ledger) : ledger_(ledger) {}
    Outcome take(const Request& request);

private:
    Outcome control(const Request& request);
    Outcome change(const Request& request);

    Ledger& ledger_;
    std::string silent_;     ///< new effects on paths with this in it are not answered; empty: all are
    std::string reluctant_;  ///< the next change on a path with this in it is refused once; empty: none is
};

}  // namespace demo
