#include "plugin/child/fence.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TAPPET_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define TAPPET_SANITIZED 1
#endif
#endif

namespace tappet::plugin::child {
namespace {

#if defined(__x86_64__)
constexpr unsigned kMachine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned kMachine = 0;
#endif

#ifdef TAPPET_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

void set(pid_t process, int resource, std::uint64_t most) {
    rlimit limit{};
    limit.rlim_cur = limit.rlim_max = most;
    prlimit(process, static_cast<__rlimit_resource>(resource), &limit, nullptr);
}

/// Which system calls are refused. Jumps count the instructions that they leave out.
class Filter {
public:
    explicit Filter(unsigned machine) {
        load(offsetof(seccomp_data, arch));
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, machine, 1, 0));
        answer(SECCOMP_RET_ERRNO | EPERM);  // calls of another machine have other numbers
        load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
        add(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, __X32_SYSCALL_BIT, 0, 1));
        answer(SECCOMP_RET_ERRNO | EPERM);
#endif
    }
    void refuse(unsigned call, unsigned error = EPERM) {
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
        answer(SECCOMP_RET_ERRNO | error);
    }
    /// Where its first argument is neither of these.
    void refuse_unless(unsigned call, unsigned one, unsigned other) {
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 5));
        load(offsetof(seccomp_data, args));
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, one, 2, 0));
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, other, 1, 0));
        answer(SECCOMP_RET_ERRNO | EPERM);
        answer(SECCOMP_RET_ALLOW);
    }
    /// Where its first argument has none of these bits.
    void refuse_without(unsigned call, unsigned bits) {
        add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4));
        load(offsetof(seccomp_data, args));
        add(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 1, 0));
        answer(SECCOMP_RET_ERRNO | EPERM);
        answer(SECCOMP_RET_ALLOW);
    }
    /// For this thread, and those that it starts.
    bool install() {
        answer(SECCOMP_RET_ALLOW);
        const sock_fprog filter{static_cast<unsigned short>(program_.size()), program_.data()};
        return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
               prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
    }

private:
    void add(sock_filter instruction) { program_.push_back(instruction); }
    void load(std::size_t from) {
        add(BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                     static_cast<unsigned>(from)));  // the lower half of an argument
    }
    void answer(unsigned with) { add(BPF_STMT(BPF_RET | BPF_K, with)); }
    std::vector<sock_filter> program_;
};

}  // namespace

bool keep_alone() {
    if (kMachine == 0) return false;
    Filter filter(kMachine);
    filter.refuse(SYS_setsid);
    filter.refuse(SYS_setpgid);
    if (!kSanitized) {
#ifdef SYS_fork
        filter.refuse(SYS_fork);
        filter.refuse(SYS_vfork);
#endif
        filter.refuse_without(SYS_clone, CLONE_THREAD);
        filter.refuse(SYS_clone3, ENOSYS);  // its flags are in memory; whoever is told so uses clone
        const auto self = static_cast<unsigned>(getpid());
        filter.refuse_unless(SYS_kill, self, 0);
        filter.refuse_unless(SYS_tgkill, self, self);
        filter.refuse_unless(SYS_rt_sigqueueinfo, self, self);
        filter.refuse_unless(SYS_rt_tgsigqueueinfo, self, self);
        filter.refuse(SYS_tkill);
        filter.refuse(SYS_pidfd_send_signal);
    }
    return filter.install();
}

std::vector<char*> plain_environment() {
    std::vector<char*> out;
    for (char** entry = environ; *entry; ++entry)
        if (!std::string_view(*entry).starts_with("TAPPET_")) out.push_back(*entry);
    out.push_back(nullptr);
    return out;
}

void bound(pid_t process, const Limits& limits) {
    if (!kSanitized) set(process, RLIMIT_AS, limits.memory);
    set(process, RLIMIT_NOFILE, limits.files);
    set(process, RLIMIT_FSIZE, limits.file_size);
    set(process, RLIMIT_CORE, 0);
}

}  // namespace tappet::plugin::child
