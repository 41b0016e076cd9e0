#include "deviations.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "verdict.hpp"

namespace tappet::conformance {
namespace {

constexpr std::string_view kBackwards =
    "ranges that run backwards are refused, and the error says how they are written";
constexpr std::string_view kNegative = "days counted from the month's end are written L and L-n, not -1";
constexpr std::string_view kFugit = "fugit's own: `&`, `last`, hour 24";
constexpr std::string_view kStarStep = "a day field that begins with `*` does not widen, as in Vixie cron";

struct Text {
    std::string_view text, reason;
};
constexpr std::array kTexts{
    Text{"* * * ? * sat-tue/2", kBackwards},
    Text{"* * * ? * sat-tue", kBackwards},
    Text{"* * ? * sat-tue/2", kBackwards},
    Text{"* * ? * sat-tue", kBackwards},
    Text{"* 51-4 * * * *", kBackwards},
    Text{"* * * 20-5/5 * *", kBackwards},
    Text{"* 56-4/4 * * * *", kBackwards},
    Text{"* * 23-22 * * *", kBackwards},
    Text{"* * 23-3/2 * * *", kBackwards},
    Text{"* 23-3/2 * * *", kBackwards},
    Text{"55-5 * * * * ?", kBackwards},
    Text{"* * * 12-2 *", kBackwards},
    Text{"? ? ? ? ? ?", "`?` stands for one of the day fields only"},
    Text{"? ? ? ? ?", "`?` stands for one of the day fields only"},
    Text{"20 * * january,FeB,Mar,april,May,JuNE,July,Augu,SEPT-October,Nov,DECEM *",
         "names have three letters or all of them"},
    Text{"* * * * SUNDAY", "names have three letters or all of them"},
    Text{"0-59/65 10 * * *", "a step beyond the field is refused, and the error names `every`"},
    Text{"3-59/15 6-12 */15 1 2-5", kStarStep},
    Text{"0 0 */2 * 1-5", kStarStep},
    Text{"* * */10 * Sun", kStarStep},
    Text{"0 0 */2& * 1-5", kFugit},
    Text{"59 6 1-7& * 2&", kFugit},
    Text{"59 6 1-7 * 2&", kFugit},
    Text{"0 0 */2& * 1-5&", kFugit},
    Text{"00 24 * * *", kFugit},
    Text{"* * last * *", kFugit},
    Text{"* * * * tue#last", kFugit},
    Text{"* * -1 * *", kNegative},
    Text{"* * -2 * *", kNegative},
    Text{"0 0 -5 * *", kNegative},
    Text{"0 0 -4,-3 * *", kNegative},
};

/// Blanks between fields as one, none around.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

}  // namespace

std::string deviation(const Value& vector) {
    const std::string source = text_of(vector, "source"), text = plain(text_of(vector, "expr"));
    const auto known =
        std::find_if(kTexts.begin(), kTexts.end(), [&](const Text& t) { return t.text == text; });
    if (known != kTexts.end()) return std::string(known->reason);
    const bool moves = source == "Hexagon/croner" || source == "harrisiirak/cron-parser" ||
                       source == "dragonmantank/cron-expression";
    if (moves && has_tag(vector, "dst-gap"))
        return "moved by the length of the gap (02:30 becomes 03:30); here to its end, as in Cronos";
    if (source == "harrisiirak/cron-parser" && text == "*/20 3 * * *")
        return "a step within a fixed hour once; here a rhythm, as in Cronos";
    // The vector before, a second earlier, gives that instant.
    if (text == "30 0 LW * *" && text_of(vector, "from") == "2018-03-29T23:59:59+02:00")
        return "Cronos: the end of a gap is not found from a second before it";
    return "";
}

}  // namespace tappet::conformance
