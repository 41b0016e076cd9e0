#pragma once
#include <sys/types.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "plugin/child/fault_note.hpp"
#include "plugin/child/limits.hpp"

namespace tappet::plugin::child {

/// How a process ended.
struct Ending {
    bool signalled = false;
    int number = 0;    ///< of the signal, or the exit code
    std::string text;  ///< "SIGSEGV", "exit code 3"
};

/// A running child and what it says on its outputs. It, and what it made, is killed with this. Loop thread.
class Process {
public:
    using OnEnd = std::function<void(Ending)>;
    using OnLine = std::function<void(std::string)>;
    struct Start {
        const std::string& command;
        const std::string& file;  ///< what the process is told that it runs
        int image;                ///< descriptor of what it runs
        int socket;               ///< to it; closed here
    };
    /// Starts `command plugin host FILE`, with the descriptors that serve() takes.
    static Result<std::unique_ptr<Process>> start(boost::asio::io_context& loop, const Start& what,
                                                  const Limits& limits);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// `end` comes once, when it has ended; `line` for each line that it prints before,
    /// the last one too where no end of line follows it.
    void watch(OnEnd end, OnLine line);
    void kill();
    std::optional<FaultNote> fault() const { return page_->read(); }
    pid_t pid() const { return pid_; }

private:
    Process(boost::asio::io_context& loop, pid_t pid, int pidfd, int output, std::unique_ptr<FaultPage> page);
    void read_output();
    boost::system::error_code take_output();
    void take_lines();
    void take_rest();

    pid_t pid_;
    boost::asio::posix::stream_descriptor pidfd_, output_;
    std::unique_ptr<FaultPage> page_;
    std::string buffer_, partial_;
    OnLine line_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    bool ended_ = false;
};

}  // namespace tappet::plugin::child
