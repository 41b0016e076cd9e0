#include "plugin/child/fence.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <iterator>
#include <string_view>

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

}  // namespace

bool stay_in_group() {
    // Jumps count the instructions that they leave out.
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kMachine, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setsid, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setpgid, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    };
    const sock_fprog filter{static_cast<unsigned short>(std::size(program)), program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
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
