#pragma once
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "plugin/child/access.hpp"
#include "plugin/child/link.hpp"
#include "plugin/child/messages.hpp"
#include "plugin/child/printed_secrets.hpp"
#include "plugin/child/process.hpp"
#include "plugin/child/run_blobs.hpp"
#include "plugin/face.hpp"
#include "plugin/image.hpp"
#include "plugin/provider.hpp"

namespace tappet::plugin {
class Core;
}

namespace tappet::plugin::child {

struct ChildOptions {
    std::string command;                 ///< the engine's own executable
    std::string file;                    ///< of the plugin; for people
    std::shared_ptr<const Image> image;  ///< what is loaded
    std::string name;
    Limits limits;
};

/// A plugin in a process of its own, which is started for the first call and started again after a crash.
///
/// A call whose own code crashed it fails as plugin.crashed; the others that were under way are sent again,
/// with the same keys. Where nobody knows whose code it was, all are to blame. What we or others killed is
/// nobody's fault. Loop thread.
class Child final : public Provider, public std::enable_shared_from_this<Child> {
public:
    Child(Core& core, ChildOptions options);
    ~Child() override;

    void call(const tappet_call_info& info) override;
    void cancel(std::uint64_t call) override;
    bool returns_at_once() const override { return true; }
    /// Ends the process. Calls under way stay as they are.
    void end() override;
    void stop();

private:
    using Clock = std::chrono::steady_clock;
    struct Open {
        const tappet_call_info* info = nullptr;             ///< lives until the call is completed
        int sent = 0;                                       ///< times
        int lost = 0;                                       ///< processes that ended under it
        Clock::time_point limit;                            ///< when it is asked to stop
        Clock::time_point kill = Clock::time_point::max();  ///< when the process is ended for it
        bool late = false;                                  ///< it was asked to stop for its limit
        bool hung = false;                                  ///< the time to end the process has come
    };
    enum class State { off, starting, ready, ending, resting };

    void start();
    void started(const std::string& problem);
    void send(std::uint64_t id, Open& open);
    void take(FrameType type, std::string_view bytes);
    bool take_answer(std::string_view bytes);
    void take_log(LogLine line);
    void take_ask(Ask&& ask, std::size_t bytes);
    void take_request(const Ask& ask, std::size_t bytes);
    void cancel_requests();
    void fail(std::uint64_t id, CallError why);
    void reply(std::uint64_t number, Door door, Value what);
    bool serves(const Access& access) const;
    void misbehaved(const std::string& how);
    void link_ended();
    void process_ended(const Ending& ending);
    void all_read();
    void settle(const Ending& ending, bool starting);
    void note_failure();
    void begin();
    void arm();
    void look_at_times();
    void printed(std::string line);
    bool may_speak();
    std::string action_of(const tappet_call_info& info) const;

    Core& core_;
    ChildOptions options_;
    Face face_;
    State state_ = State::off;
    std::map<std::uint64_t, Open> calls_;
    RunBlobs blobs_;  ///< of the calls that this process has
    std::shared_ptr<Link> link_;
    std::unique_ptr<Process> process_;
    struct Request {
        http::Client::Ticket ticket;
        std::size_t bytes;
    };
    std::map<std::uint64_t, Request> requests_;  ///< by the child's number
    std::size_t requested_ = 0;                  ///< their bytes
    PrintedSecrets secrets_;
    /// Of the calls' limits, and of the start and the rest between two. Gone after end(): who holds the names
    /// of a plugin may outlive the loop.
    std::optional<boost::asio::steady_timer> alarm_, pause_;
    bool armed_ = false;
    bool killed_ = false;           ///< by us, for a call that did not stop
    std::string misdeed_;           ///< what it wrote that it must not
    std::optional<Ending> ending_;  ///< of a process whose last words are still read
    bool ended_starting_ = false;
    std::size_t asks_ = 0;            ///< to doors that block, open
    std::size_t asked_ = 0;           ///< their bytes
    std::size_t strangers_ = 0;       ///< answers to calls that nobody made
    Clock::time_point not_before_{};  ///< when the next process may start
    unsigned ends_ = 0;               ///< of processes, since the last answer
    Clock::time_point second_{};
    std::size_t lines_ = 0;  ///< in this second
};

}  // namespace tappet::plugin::child
