#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugin/check/check.hpp"
#include "plugin/core.hpp"
#include "plugin/http_door.hpp"
#include "plugin/library.hpp"
#include "plugin/manifest.hpp"

namespace tappet::plugin::check {

/// The plugin with the engine's own core around it: state in memory, no network (every request is refused),
/// real time.
class Stage {
public:
    /// Throws std::runtime_error when the plugin does not load.
    explicit Stage(const std::string& file, void (*alter)(Face& face) = nullptr);
    ~Stage();
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;

    const Manifest& manifest() const { return manifest_; }
    /// One call to its end. `cancel`: at once.
    CallOutcome call(std::uint32_t kind, std::size_t index, Value input, bool cancel = false);
    CallOutcome action(const Action& action, Value input, bool cancel = false) {
        return call(TAPPET_CALL_ACTION, action.index, std::move(input), cancel);
    }
    /// Cancels a call that is over.
    void cancel_last();
    /// How often plugins of this process have completed a call that was completed already.
    static std::size_t completed_twice();
    /// Ends the plugin; false when a call did not stop.
    bool end();

private:
    class NoNetwork;
    class Keys;
    boost::asio::io_context loop_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> stay_ =
        boost::asio::make_work_guard(loop_);
    std::unique_ptr<NoNetwork> http_;
    std::unique_ptr<Keys> keys_;
    SystemClock clock_;
    std::shared_ptr<Library> library_;
    std::shared_ptr<Provider> provider_;
    Manifest manifest_;
    std::shared_ptr<Core> core_;
    std::uint64_t last_ = 0;
    bool ended_ = false;
};

/// A value that fits a schema, made from it: required and optional members, first choices, least numbers;
/// nothing where that is not found.
std::optional<Value> made_for(const std::shared_ptr<const flow::Schema>& schema);
/// Inputs of an action that fit: of its samples, else one that is made.
std::vector<Value> inputs_of(const Manifest& manifest, const Action& action);
/// The problems of a value, one text.
std::string problems_of(const flow::Schema& schema, const Value& value);

inline Outcome failed(std::string what) { return {Verdict::failed, std::move(what)}; }
inline Outcome skipped(std::string what) { return {Verdict::skipped, std::move(what)}; }
/// Passed where nothing was found, else failed with all of it.
Outcome outcome_of(const std::vector<std::string>& faults);

}  // namespace tappet::plugin::check
