#include "plugin/child/serve.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <unordered_map>

#include "plugin/child/doors.hpp"
#include "plugin/child/fault_note.hpp"
#include "plugin/child/fence.hpp"
#include "plugin/core.hpp"
#include "plugin/fault_stack.hpp"
#include "plugin/library.hpp"
#include "plugin/manifest.hpp"

namespace tappet::plugin::child {
namespace {

/// How long a cancelled call may go on here: the parent ends the process before.
constexpr std::chrono::hours kParentsGrace{24};

/// The plugin and the way to its parent.
class Server {
public:
    explicit Server(const ServeOptions& options)
        : link_(std::make_shared<Link>(loop_, options.socket, options.limits.link)), doors_(loop_, link_) {}

    /// What is wrong with the plugin; empty when nothing is.
    std::string load(const ServeOptions& given) {
        const std::string path = "/proc/self/fd/" + std::to_string(given.image);
        auto library = Library::open(path);
        if (!library) {
            std::string problem = library.error().message;
            if (problem.starts_with(path)) problem.replace(0, path.size(), given.file);
            return problem;
        }
        auto manifest = parse_manifest((*library)->manifest());
        if (!manifest) return manifest.error().message;
        for (const auto& action : manifest->actions) non_blocking_.push_back(action->non_blocking);
        provider_ = *library;
        Doors doors(&doors_);
        doors.connections = &doors_;
        doors.blobs = &doors_;
        doors.metrics = &doors_;
        HostOptions options;
        options.all_lines = true;
        options.log = [this](LogLine line) { log(std::move(line)); };
        options.cancel_grace = kParentsGrace;
        options.max_series = given.limits.series;
        core_ = std::make_shared<Core>(loop_, doors_, clock_, doors, std::move(options));
        if (!(*library)->create(*core_, manifest->name)) return "says that it cannot start";
        return {};
    }

    int run(const std::string& problem) {
        link_->start([this](FrameType type, std::string_view bytes) { take(type, bytes); },
                     [](const std::string&) { _exit(0); });  // the parent has gone, or wants us to
        link_->send(FrameType::hello, problem);
        loop_.run();
        return 0;
    }

private:
    void take(FrameType type, std::string_view bytes) {
        if (type == FrameType::call) {
            if (auto call = read_call(bytes)) return start(std::move(*call));
        } else if (type == FrameType::cancel) {
            if (const auto id = read_number(bytes)) return cancel(*id);
        } else if (type == FrameType::reply) {
            if (auto reply = read_ask(bytes)) return doors_.reply(std::move(*reply));
        }
        _exit(1);  // the parent writes what we do not understand: it is another build
    }

    void start(CallMessage&& call) {
        if (!core_) return;
        const bool at_once =
            call.kind == TAPPET_CALL_ACTION && call.index < non_blocking_.size() && non_blocking_[call.index];
        const Target target{provider_, call.kind, call.index, at_once};
        const std::uint64_t id = call.context.parents_number = call.id;
        const Caller::Ticket ticket = core_->start(target, std::move(call.input), std::move(call.context),
                                                   [this, id](CallOutcome outcome) {
                                                       tickets_.erase(id);
                                                       answer(id, std::move(outcome));
                                                   });
        if (ticket != 0) tickets_.emplace(id, ticket);
    }

    void answer(std::uint64_t id, CallOutcome outcome) {
        AnswerMessage message;
        message.id = id;
        message.outcome = std::move(outcome);
        const std::size_t most = link_->limits().values;
        const auto* result = std::get_if<Value>(&message.outcome);
        const bool many = result && holds_more_than(*result, most);
        if (!many && link_->send(FrameType::answer, write(message))) return;
        CallError failed;
        failed.error.code = "plugin.resultTooLarge";
        failed.error.message =
            many ? "the result has more than " + std::to_string(most) + " values (plugins.values)"
                 : "the result is too large to leave the plugin's process";
        message.outcome = std::move(failed);
        link_->send(FrameType::answer, write(message));
    }

    void cancel(std::uint64_t id) {
        if (const auto found = tickets_.find(id); found != tickets_.end()) core_->cancel(found->second);
    }

    /// Any thread. It is on its way before the call answers, or crashes.
    void log(LogLine line) { link_->send_at_once(FrameType::log, write(line)); }

    boost::asio::io_context loop_{1};
    std::shared_ptr<Link> link_;
    RemoteDoors doors_;
    SystemClock clock_;
    std::shared_ptr<Core> core_;
    std::shared_ptr<Provider> provider_;
    std::vector<bool> non_blocking_;
    std::unordered_map<std::uint64_t, Caller::Ticket> tickets_;  ///< calls under way, by the parent's number
};

}  // namespace

int serve(const ServeOptions& options) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1) return 0;  // the parent died before that was said
    keep_alone();
    bound(0, options.limits);
    const FaultStack stack;
    note_faults(options.page);
    auto* server =
        new Server(options);  // never destroyed: threads of the plugin may outlive any moment to do it
    return server->run(server->load(options));
}

}  // namespace tappet::plugin::child
