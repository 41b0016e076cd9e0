#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "expr/value.hpp"
#include "flow/diagnostic.hpp"
#include "flow/error_class.hpp"
#include "flow/yaml.hpp"
#include "http/message.hpp"

namespace tappet::flowtest {

/// A variable or a secret of a case.
struct Setting {
    std::string name;
    flow::Range name_at, value_at;
    Value value;
};

/// An event that is sent.
struct SentEvent {
    std::string trigger;
    flow::Range at;
    Value body;
    http::Headers headers;               ///< names in lower case
    Value query;                         ///< a map
    std::string method;                  ///< empty: the first that the trigger takes
    std::chrono::milliseconds after{0};  ///< since the event before it
    bool by_http = false;                ///< it has what only a request has
};

/// What a call answers instead of being made.
struct MockAnswer {
    std::variant<Value, flow::RunError> outcome;
    std::optional<std::chrono::milliseconds> retry_after;
    std::chrono::milliseconds after{0};
    bool never = false;                       ///< only a time limit or a cancel ends it
    const flow::YamlNode* written = nullptr;  ///< `results` or `error`; owned by the suite
};

/// What the calls of a step (its id or a path), or of an action, answer: one after the other, the last again
/// for further ones.
struct Mock {
    std::string name;
    flow::Range at;
    std::vector<MockAnswer> answers;
    bool shared = false;  ///< of all cases of the file: some may never ask
};

/// What must have come of a case. Nodes are of the right form, and owned by the suite; null: nothing is
/// expected.
struct Expectation {
    struct Member {
        std::string name;  ///< of a step, a path of one, or an action
        flow::Range at;
        const flow::YamlNode* value = nullptr;
    };
    const flow::YamlNode* response = nullptr;  ///< a map, or a list of one or null for each event
    const flow::YamlNode* run = nullptr;       ///< a status, or a list of one for each run
    const flow::YamlNode* runs = nullptr;
    const flow::YamlNode* error = nullptr;
    std::vector<Member> steps;  ///< a status, or a map
    std::vector<Member> calls;  ///< lists of inputs
    const flow::YamlNode* outputs = nullptr;
    const flow::YamlNode* labels = nullptr;
    const flow::YamlNode* logs = nullptr;
    const flow::YamlNode* took = nullptr;
    const flow::YamlNode* waits = nullptr;
};

struct Case {
    std::string name;
    flow::Range at;
    std::vector<Setting> vars, secrets;
    std::vector<SentEvent> events;
    std::vector<Mock> mocks;
    Expectation expect;
};

/// A test file, read.
struct Suite {
    std::string file;
    std::string flow;  ///< the flow's name, or the path of its file
    flow::Range flow_at;
    std::vector<Case> cases;
    std::shared_ptr<const flow::YamlNode> root;  ///< what the expectations point into
};

}  // namespace tappet::flowtest
