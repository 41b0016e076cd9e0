#include "schedule/zone_files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tappet::schedule {
namespace {

namespace fs = std::filesystem;
constexpr std::uintmax_t kMaxBytes = 1024 * 1024;

bool begins_as_zone(const fs::path& file) {
    char magic[4] = {};
    std::ifstream in(file, std::ios::binary);
    return in.read(magic, 4) && std::string_view(magic, 4) == "TZif";
}

}  // namespace

std::optional<std::string> zone_bytes(std::string_view folder, std::string_view name) {
    const fs::path file = fs::path(folder) / name;
    std::error_code error;
    if (!fs::is_regular_file(file, error) || fs::file_size(file, error) > kMaxBytes || error)
        return std::nullopt;
    std::ifstream in(file, std::ios::binary);
    std::string out{std::istreambuf_iterator<char>(in), {}};
    if (in.bad()) return std::nullopt;
    return out;
}

std::vector<std::string> zone_names(std::string_view folder) {
    std::vector<std::string> out;
    std::error_code error;
    fs::recursive_directory_iterator walk(fs::path(folder), error), end;
    for (; !error && walk != end; walk.increment(error)) {
        const std::string name = fs::relative(walk->path(), folder, error).string();
        // Zones begin with a capital; `posix` and `right` hold them once more, `localtime` is one of them.
        if (name.empty() || name[0] < 'A' || name[0] > 'Z') {
            if (walk->is_directory(error)) walk.disable_recursion_pending();
        } else if (walk->is_regular_file(error) && begins_as_zone(walk->path())) {
            out.push_back(name);
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace tappet::schedule
