#include "app/fault.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "app/fault_line.hpp"
#include "base/log.hpp"
#include "plugin/fault_stack.hpp"
#include "plugin/running.hpp"

namespace tappet::app {
namespace {

constexpr std::array kSignals{SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr std::size_t kMostRead = 64u << 10;  ///< of the file; a crash a line, so hundreds of them

// Of the process, for its handlers.
std::atomic<int> file{-1};
std::atomic_flag noted;  ///< by the first thread that fails; others wait for the end
std::array<struct sigaction, kSignals.size()> before;

const char* name_of(int signal) {
    switch (signal) {
        case SIGSEGV:
            return "SIGSEGV";
        case SIGBUS:
            return "SIGBUS";
        case SIGILL:
            return "SIGILL";
        case SIGFPE:
            return "SIGFPE";
        default:
            return "SIGABRT";
    }
}

/// Only what may be called in a handler of signals.
void note(const char* what) {
    const plugin::Running* here = plugin::running_here();
    const int fd = file.load(std::memory_order_relaxed);
    if (!here || fd < 0 || noted.test_and_set()) return;
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    FaultLine line;
    line.add("1 ");
    line.add_hex(here->run().bytes.data(), here->run().bytes.size());
    line.add(" ");
    line.add_number(static_cast<std::uint64_t>(now.tv_sec) * 1'000 +
                    static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000);
    line.add(" ");
    line.add(what);
    line.add(" ");
    line.add_word(here->plugin() ? here->plugin()->hash : std::string_view());
    line.add(" ");
    line.add_word(here->plugin() ? here->plugin()->name : std::string_view());
    line.add(" ");
    line.add_word(here->step() ? *here->step() : std::string_view());
    line.add("\n");
    // There is nobody left to tell of a failure.
    [[maybe_unused]] const ssize_t written = ::write(fd, line.data(), line.size());
}

void on_signal(int signal, siginfo_t* info, void*) {
    const int error = errno;
    const bool ours = info->si_code > 0 || info->si_pid == ::getpid();
    if (ours) note(name_of(signal));
    for (std::size_t i = 0; i < kSignals.size(); ++i)
        if (kSignals[i] == signal) ::sigaction(signal, &before[i], nullptr);
    // A fault comes again as soon as we return, to whoever handled it before; one that was sent does not.
    if (info->si_code <= 0) ::raise(signal);
    errno = error;
}

void on_exit() { note("exit"); }

std::vector<Fault> read_faults(int fd) {
    std::string text(kMostRead, '\0');
    const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    std::vector<Fault> out;
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
        if (auto fault = parse_fault(std::string_view(text).substr(at, end - at)))
            out.push_back(std::move(*fault));
    return out;
}

}  // namespace

class FaultFile::Handlers {
public:
    Handlers() {
        [[maybe_unused]] static const int once = std::atexit(on_exit);
        noted.clear();
        struct sigaction action {};
        action.sa_sigaction = on_signal;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        ::sigemptyset(&action.sa_mask);
        for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &before[i]);
    }
    ~Handlers() {
        for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &before[i], nullptr);
    }
    Handlers(const Handlers&) = delete;
    Handlers& operator=(const Handlers&) = delete;

private:
    plugin::FaultStack stack_;
};

Result<std::unique_ptr<FaultFile>> FaultFile::open(const std::string& folder) {
    const std::string path = folder + "/fault";
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return Error::unavailable(path + ": " + std::strerror(errno));
    return std::unique_ptr<FaultFile>(new FaultFile(fd, read_faults(fd)));
}

FaultFile::FaultFile(int fd, std::vector<Fault> past) : fd_(fd), past_(std::move(past)) {
    file.store(fd);
    handlers_ = std::make_unique<Handlers>();
}

FaultFile::~FaultFile() {
    handlers_.reset();
    file.store(-1);
    ::close(fd_);
}

void FaultFile::forget() {
    if (::ftruncate(fd_, 0) != 0) log::warn("the file of faults cannot be emptied: {}", std::strerror(errno));
}

std::optional<Fault> parse_fault(std::string_view line) {
    std::array<std::string_view, 7> words;
    for (std::string_view& word : words) {
        const std::size_t end = line.find(' ');
        word = line.substr(0, end);
        line = end == std::string_view::npos ? std::string_view() : line.substr(end + 1);
    }
    const auto run = Uuid::parse(words[1]);
    std::int64_t at = 0;
    const auto [end, failed] = std::from_chars(words[2].data(), words[2].data() + words[2].size(), at);
    if (words[0] != "1" || !run || failed != std::errc() || end != words[2].data() + words[2].size() ||
        words[3].empty())
        return std::nullopt;
    const auto text = [](std::string_view word) { return word == "-" ? std::string() : std::string(word); };
    return Fault{*run, {at}, text(words[3]), text(words[4]), text(words[5]), text(words[6])};
}

}  // namespace tappet::app
