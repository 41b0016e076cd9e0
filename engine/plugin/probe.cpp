#include "plugin/probe.hpp"

#include <sys/wait.h>

#include <csignal>
#include <cstring>

#include "plugin/manifest_section.hpp"
#include "plugin/trial.hpp"

namespace tappet::plugin {

namespace {

/// What the ended child said of the plugin.
Result<std::string> told_by(Trial& trial) {
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

}  // namespace

Result<std::string> Prober::ask(const std::string& file) {
    const auto image = Image::read(file);
    if (!image) return image.error();
    return ask(**image, file);
}

Result<std::string> Prober::ask(const Image& image, const std::string& file) {
    const auto known = known_.find(image.hash());
    if (known != known_.end()) return known->second;
    const std::string path = "/proc/self/fd/" + std::to_string(kInherited);
    Trial trial =
        try_in_child({command_, "plugin", "probe", path}, timeout_, kMaxManifest + 1, limits_, image.fd());
    if (!trial.not_started.empty()) return Error::invalid("cannot be probed: " + trial.not_started);
    if (trial.hung)
        return Error::invalid("hangs while loading: the probe was ended after " +
                              std::to_string(timeout_.count()) + " ms");
    if (trial.err.starts_with(path)) trial.err.replace(0, path.size(), file);
    return known_.insert_or_assign(image.hash(), told_by(trial)).first->second;
}

}  // namespace tappet::plugin
