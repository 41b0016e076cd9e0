#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "expr/program.hpp"
#include "expr/syntax/ast.hpp"

namespace tappet::expr {

/// Collects what there is to say about one source, by bytes; hands it out in code points and in order of
/// position.
class Findings {
public:
    explicit Findings(std::string_view source) : source_(source) {}

    void error(Span at, std::string_view code, std::string message, std::string suggestion = {});
    void warning(Span at, std::string_view code, std::string message, std::string suggestion = {});
    bool has_errors() const { return errors_ > 0; }
    /// Bytes to code points.
    Span in_code_points(Span bytes);
    std::vector<Finding> take();

private:
    void add(Finding::Severity severity, Span at, std::string_view code, std::string message,
             std::string suggestion);
    std::string_view source_;
    std::vector<std::uint32_t> points_;  ///< code points ahead of each byte, made when first asked for
    std::vector<Finding> found_;
    std::size_t errors_ = 0;
};

}  // namespace tappet::expr
