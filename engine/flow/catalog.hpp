#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "expr/value.hpp"
#include "flow/error_class.hpp"
#include "flow/schema/schema.hpp"

namespace tappet::flow {

/// A way to fail that an action tells of beforehand.
struct DeclaredError {
    ErrorClass error_class = ErrorClass::internal;
    std::string code;  ///< empty: any
};

/// What is known of an action before it is called: from its plugin's manifest. Immutable, shared.
struct ActionSpec {
    virtual ~ActionSpec() = default;
    std::string name;  ///< "core/http"
    std::string title;
    std::string description;
    std::shared_ptr<const Schema> input;   ///< of `with`; null: anything
    std::shared_ptr<const Schema> output;  ///< of the results; null: anything
    std::vector<DeclaredError> errors;     ///< empty: nothing is said of how it fails
    bool pure = false;  ///< same input, same result, no effect: needs no commit of its own, may be repeated
    bool idempotent = false;    ///< repeating it with the same key does no harm
    bool non_blocking = false;  ///< returns at once: may be called on the loop's thread
};

enum class TriggerKind { webhook, manual, schedule, poll, flow };

/// What is known of a trigger. Immutable, shared.
struct TriggerSpec {
    virtual ~TriggerSpec() = default;
    std::string name;  ///< "core/webhook"
    std::string title;
    std::string description;
    TriggerKind kind = TriggerKind::manual;
    std::shared_ptr<const Schema> settings;  ///< of the trigger's `with`; null: it takes none
    std::shared_ptr<const Schema> body;      ///< of trigger.body; null: anything
    bool handles = false;                    ///< of a webhook: the plugin itself verifies and reads requests
    std::vector<std::string> events;         ///< types of events at the plugin's own address that start it

    std::string_view plugin() const { return std::string_view(name).substr(0, name.find('/')); }
};

/// The actions and triggers that flows may name. Owned above; flow/ only asks.
class Catalog {
public:
    virtual ~Catalog() = default;
    virtual std::shared_ptr<const ActionSpec> action(std::string_view name) const = 0;  ///< null when unknown
    virtual std::shared_ptr<const TriggerSpec> trigger(
        std::string_view name) const = 0;  ///< null when unknown
    virtual std::vector<std::string> action_names() const = 0;
    virtual std::vector<std::string> trigger_names() const = 0;
};

}  // namespace tappet::flow
