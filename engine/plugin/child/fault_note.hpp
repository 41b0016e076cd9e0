#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace tappet::plugin::child {

/// What a child that dies leaves in memory it shares with its parent: whose call was on the faulting thread.
struct FaultNote {
    std::uint64_t call = 0;  ///< by the parent's number
    std::string what;        ///< "SIGSEGV", "exit"
};

/// The shared page, on the parent's side.
class FaultPage {
public:
    static std::unique_ptr<FaultPage> create();  ///< null where the system refuses
    ~FaultPage();
    int fd() const { return fd_; }
    std::optional<FaultNote> read() const;

private:
    FaultPage(int fd, void* memory) : fd_(fd), memory_(memory) {}
    int fd_;
    void* memory_;
};

/// In the child: notes there the calls of this process that fault or exit. Once.
void note_faults(int page_fd);

}  // namespace tappet::plugin::child
