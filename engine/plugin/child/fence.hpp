#pragma once

namespace tappet::plugin::child {

/// From here on this process, and what it forks, cannot leave its process group, by which its parent ends it:
/// setsid and setpgid fail with EPERM. False where the kernel has no such filters; then nothing is changed.
bool stay_in_group();

}  // namespace tappet::plugin::child
