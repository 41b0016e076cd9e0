#pragma once
#include <string>
#include <vector>

#include "app/console.hpp"

namespace tappet::app {

/// What becomes of a column where a terminal is too narrow for all.
enum class Fit {
    whole,  ///< never cut: ids, which are copied
    spare,  ///< left out, the last ones first
    name,   ///< cut in the middle
    text,   ///< cut at the end; where little is left, each has a line of its own below its row
    below,  ///< never cut, such as addresses; on a line of its own where the row would be too wide
};

struct Column {
    Column(const char* given, Fit what = Fit::whole) : title(given), fit(what) {}
    std::string title;
    Fit fit;
};

/// Columns of texts under a heading, as wide as they need. On a terminal they are made to fit its width, as
/// their columns say; elsewhere everything is whole. The texts are made printable.
std::string table(const Console& console, const std::vector<Column>& columns,
                  const std::vector<std::vector<std::string>>& rows);

}  // namespace tappet::app
