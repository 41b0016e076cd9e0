#include "base/clock.hpp"

namespace tappet {

TimeMs SystemClock::now() const {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

std::chrono::nanoseconds SystemClock::steady() const {
    return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace tappet
