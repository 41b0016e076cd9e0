#pragma once
#include <string>
#include <vector>

namespace tappet::bench {

/// Where things are, and how long to measure.
struct Setup {
    std::string tappet, plugins, work;
    int seconds = 5;
    int times = 3;
};

/// One measured number with what it is to reach.
struct Measure {
    std::string row, what, unit;
    std::vector<double> values;  ///< one for each time
    double aim = 0, bound = 0;   ///< bound 0: the prototype has none
    bool at_most = false;        ///< the aim is not to be passed; else it is to be reached
    double median() const;
    bool met() const { return at_most ? median() <= aim : median() >= aim; }
};

std::vector<std::string> row_names();
/// Measures a row. Throws when the engine does not do what the row needs.
std::vector<Measure> measure(const std::string& row, const Setup& setup);

}  // namespace tappet::bench
