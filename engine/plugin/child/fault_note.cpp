#include "plugin/child/fault_note.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "plugin/running.hpp"

namespace tappet::plugin::child {
namespace {

constexpr std::size_t kPage = 4096;

struct Page {
    std::atomic<std::uint32_t> written;
    std::uint64_t call;
    char what[16];
};
static_assert(sizeof(Page) <= kPage && std::atomic<std::uint32_t>::is_always_lock_free);

Page* page_here = nullptr;
pid_t process_here = 0;  ///< what it forks has the page and the handlers, too

/// Async-signal-safe.
void note(const char* what) {
    const Running* running = running_here();
    if (!page_here || !running || getpid() != process_here) return;
    std::uint32_t free = 0;
    if (!page_here->written.compare_exchange_strong(free, 1)) return;
    page_here->call = running->call();
    std::strncpy(page_here->what, what, sizeof page_here->what - 1);
    page_here->written.store(2);
}

struct Fatal {
    int number;
    const char* name;
};
constexpr std::array<Fatal, 6> kFatal{{{SIGSEGV, "SIGSEGV"},
                                       {SIGBUS, "SIGBUS"},
                                       {SIGILL, "SIGILL"},
                                       {SIGFPE, "SIGFPE"},
                                       {SIGABRT, "SIGABRT"},
                                       {SIGSYS, "SIGSYS"}}};

void on_fault(int number, siginfo_t*, void*) {
    for (const Fatal& fatal : kFatal)
        if (fatal.number == number) note(fatal.name);
    struct sigaction plain {};
    plain.sa_handler = SIG_DFL;
    sigaction(number, &plain, nullptr);
    raise(number);
}

}  // namespace

std::unique_ptr<FaultPage> FaultPage::create() {
    const int fd = memfd_create("tappet-fault", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return nullptr;
    void* memory = MAP_FAILED;
    // The plugin has the descriptor too: a page that it cuts off would be a fault of ours when we read it.
    if (ftruncate(fd, kPage) == 0 && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        memory = mmap(nullptr, kPage, PROT_READ, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) return close(fd), nullptr;
    return std::unique_ptr<FaultPage>(new FaultPage(fd, memory));
}

FaultPage::~FaultPage() {
    munmap(memory_, kPage);
    close(fd_);
}

std::optional<FaultNote> FaultPage::read() const {
    const auto* page = static_cast<const Page*>(memory_);
    if (page->written.load() != 2) return std::nullopt;
    FaultNote out;
    out.call = page->call;
    out.what.assign(page->what, strnlen(page->what, sizeof page->what));
    const bool known =
        out.what == "exit" ||
        std::any_of(kFatal.begin(), kFatal.end(), [&](const Fatal& fatal) { return out.what == fatal.name; });
    if (!known) return std::nullopt;  // the plugin has written there
    return out;
}

void note_faults(int page_fd) {
    void* memory = mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, page_fd, 0);
    close(page_fd);
    if (memory == MAP_FAILED) return;
    page_here = static_cast<Page*>(memory);
    process_here = getpid();
    struct sigaction action {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    for (const Fatal& fatal : kFatal) sigaction(fatal.number, &action, nullptr);
    std::atexit([] { note("exit"); });
    std::at_quick_exit([] { note("exit"); });
}

}  // namespace tappet::plugin::child
