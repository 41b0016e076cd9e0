#include "app/table.hpp"

#include <algorithm>

#include "base/printable.hpp"

namespace tappet::app {
namespace {

constexpr std::size_t kGap = 2;         ///< between columns, and before a text on its own line
constexpr std::size_t kLeastName = 14;  ///< of a name that is cut
constexpr std::size_t kTightName = 9;   ///< the same, where even that does not fit
constexpr std::size_t kLeastText = 32;  ///< of a text that is cut and stays in its row

using Rows = std::vector<std::vector<std::string>>;

/// What is shown of the columns, and how.
struct Layout {
    std::vector<std::size_t> widths;  ///< of each column
    std::vector<bool> shown;          ///< in the row
    bool below = false;               ///< texts have lines of their own

    std::size_t total() const {
        std::size_t out = 0;
        for (std::size_t i = 0; i < widths.size(); ++i)
            if (shown[i]) out += (out == 0 ? 0 : kGap) + widths[i];
        return out;
    }
};

bool goes_below(Fit fit) { return fit == Fit::text || fit == Fit::below; }

Layout natural(const std::vector<Column>& columns, const Rows& rows) {
    Layout out;
    for (const Column& column : columns) out.widths.push_back(text_width(column.title));
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i)
            out.widths[i] = std::max(out.widths[i], text_width(row[i]));
    out.shown.assign(columns.size(), true);
    return out;
}

/// Takes what is too much from the columns of a kind, the last ones first.
void cut(Layout& layout, const std::vector<Column>& columns, Fit fit, std::size_t least, std::size_t width) {
    for (std::size_t i = columns.size(); i-- > 0 && layout.total() > width;) {
        if (columns[i].fit != fit || !layout.shown[i]) continue;
        const std::size_t lowest = std::min(layout.widths[i], std::max(least, text_width(columns[i].title)));
        layout.widths[i] -= std::min(layout.total() - width, layout.widths[i] - lowest);
    }
}

/// The layout in which the least is left out, or the narrowest.
Layout fitted(const std::vector<Column>& columns, const Rows& rows, std::size_t width) {
    const Layout whole = natural(columns, rows);
    if (whole.total() <= width) return whole;
    Layout layout;
    for (const bool below : {false, true}) {
        layout = whole;
        layout.below = below;
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (below && goes_below(columns[i].fit)) layout.shown[i] = false;
        for (std::size_t spare = columns.size() + 1; spare-- > 0;) {
            if (spare < columns.size() && columns[spare].fit != Fit::spare) continue;
            if (spare < columns.size()) layout.shown[spare] = false;
            Layout narrow = layout;
            cut(narrow, columns, Fit::text, kLeastText, width);
            cut(narrow, columns, Fit::name, below ? kTightName : kLeastName, width);
            if (narrow.total() <= width) return narrow;
        }
    }
    cut(layout, columns, Fit::name, kTightName, width);
    return layout;
}

std::string cell_of(const std::string& text, const Column& column, std::size_t width) {
    return column.fit == Fit::name ? shortened_within(text, width) : shortened(text, width);
}

/// One line of cells; `style_of(i)` is the style of the i-th.
template <class StyleOf>
std::string line_of(const Console& console, const std::vector<Column>& columns, const Layout& layout,
                    const std::vector<std::string>& row, StyleOf style_of) {
    std::string out, gap;
    for (std::size_t i = 0; i < row.size() && i < columns.size(); ++i) {
        if (!layout.shown[i]) continue;
        const std::string cell = cell_of(row[i], columns[i], layout.widths[i]);
        if (!cell.empty()) {
            out += gap + console.paint(style_of(i), cell);
            gap.clear();
        }
        gap += std::string(layout.widths[i] - text_width(cell) + kGap, ' ');
    }
    return out + "\n";
}

}  // namespace

std::string table(const Console& console, const std::vector<Column>& columns, const Rows& given) {
    Rows rows = given;
    for (auto& row : rows)
        for (std::string& cell : row) cell = printable(cell);
    const Layout layout = console.terminal ? fitted(columns, rows, console.width) : natural(columns, rows);
    std::vector<std::string> heading;
    for (const Column& column : columns) heading.push_back(column.title);
    std::string out =
        line_of(console, columns, layout, heading, [](std::size_t) { return std::string_view("2"); });
    for (const auto& row : rows) {
        out += line_of(console, columns, layout, row, [&](std::size_t i) {
            return columns[i].title == "STATUS" ? status_style(row[i]) : std::string_view();
        });
        for (std::size_t i = 0; layout.below && i < row.size() && i < columns.size(); ++i)
            if (goes_below(columns[i].fit) && !row[i].empty())
                out += std::string(kGap, ' ') +
                       (columns[i].fit == Fit::below ? row[i] : shortened(row[i], console.width - kGap)) +
                       "\n";
    }
    return out;
}

}  // namespace tappet::app
