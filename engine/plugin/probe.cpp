#include "plugin/probe.hpp"

#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "plugin/manifest_section.hpp"
#include "plugin/trial.hpp"

namespace tappet::plugin {

Result<std::string> Prober::ask(const std::string& file) {
    struct stat info {};
    if (stat(file.c_str(), &info) != 0)
        return Error::invalid(std::string("cannot be read: ") + std::strerror(errno));
    const Identity identity{info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec,
                            info.st_mtim.tv_nsec};
    const auto known = known_.find(identity);
    if (known != known_.end()) return known->second;
    return known_.insert_or_assign(identity, run(file)).first->second;
}

Result<std::string> Prober::run(const std::string& file) const {
    Trial trial = try_in_child({command_, "plugin", "probe", file}, timeout_, kMaxManifest + 1, limits_);
    if (!trial.not_started.empty()) return Error::invalid("cannot be probed: " + trial.not_started);
    if (trial.hung)
        return Error::invalid("hangs while loading: the probe was ended after " +
                              std::to_string(timeout_.count()) + " ms");
    if (WIFSIGNALED(trial.status))
        return Error::invalid(std::string("crashes while loading: ") + strsignal(WTERMSIG(trial.status)));
    if (WEXITSTATUS(trial.status) != 0)
        return Error::invalid(trial.err.empty() ? "the probe failed with exit code " +
                                                      std::to_string(WEXITSTATUS(trial.status))
                                                : trial.err);
    if (trial.out.empty()) return Error::invalid("ends its process while loading, with exit code 0");
    if (trial.out.size() > kMaxManifest)
        return Error::invalid("its manifest has more than " + std::to_string(kMaxManifest) + " bytes");
    return std::move(trial.out);
}

}  // namespace tappet::plugin
