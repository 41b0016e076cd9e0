#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace tappet::app {

/// A fault that ended an engine inside a plugin.
struct Fault {
    RunId run;           ///< nil: in no run's call, such as that of a hook
    TimeMs at;           ///< when
    std::string what;    ///< "SIGSEGV", "exit"
    std::string hash;    ///< of the plugin's file
    std::string plugin;  ///< its name
    std::string step;    ///< path; empty: not known
};

/// The file `fault` of a data folder: there a process that dies inside a plugin notes whose call that was,
/// and the next one reads it. One at a time in a process.
///
/// Noted are SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGABRT of a thread that is inside a plugin, and an exit
/// from there; the signal then does what it did before, so that status and core dump are true. What comes
/// from outside (SIGKILL, kill -SEGV, the kernel's memory killer, power) is nobody's and leaves no note.
class FaultFile {
public:
    /// Reads what there is and notes faults from here on. The calling thread gets a stack for handlers.
    static Result<std::unique_ptr<FaultFile>> open(const std::string& folder);
    ~FaultFile();  ///< signals do again what they did before
    FaultFile(const FaultFile&) = delete;
    FaultFile& operator=(const FaultFile&) = delete;

    /// What earlier processes noted, oldest first.
    const std::vector<Fault>& past() const { return past_; }
    /// Empties the file: the past is counted.
    void forget();

private:
    class Handlers;
    FaultFile(int fd, std::vector<Fault> past);
    int fd_;
    std::vector<Fault> past_;
    std::unique_ptr<Handlers> handlers_;
};

/// A line of the file; nothing for one that is torn or of a later version.
std::optional<Fault> parse_fault(std::string_view line);

}  // namespace tappet::app
