#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace tappet {

/// Where randomness comes from; passed in so that a seed reproduces a whole simulation. One thread per
/// object.
class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;
    /// A number in [0, 1).
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
};

/// The operating system's generator, buffered. Fit for ids and nonces.
class SystemRandom final : public Random {
public:
    std::uint64_t next() override;

private:
    std::array<std::uint64_t, 64> buffer_{};
    std::size_t used_ = 64;
};

/// Reproducible numbers from a seed (splitmix64). For tests and simulation only.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() override;

private:
    std::uint64_t state_;
};

}  // namespace tappet
