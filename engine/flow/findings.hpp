#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flow/diagnostic.hpp"

namespace tappet::flow {

/// Collects what there is to say about one file, in any order.
class Findings {
public:
    explicit Findings(std::string_view file) : file_(file) {}

    void error(Range at, std::string_view code, std::string message, std::string_view suggestion = {});
    void warning(Range at, std::string_view code, std::string message, std::string_view suggestion = {});
    void add(std::vector<Diagnostic> more);
    std::size_t count() const { return found_.size(); }
    /// Whether one of the findings after the first `since` has this code.
    bool has(std::string_view code, std::size_t since) const;
    /// Everything, by position; the same thing said twice is said once.
    std::vector<Diagnostic> take();

private:
    std::string file_;
    std::vector<Diagnostic> found_;
};

/// `"a", "b" or "c"`, for messages.
std::string choices(std::span<const std::string_view> words);

}  // namespace tappet::flow
