#include "base/hash.hpp"

#include <bit>
#include <cstring>

#include "base/random.hpp"

namespace tappet {
namespace {

std::uint64_t little_endian(const char* from, std::size_t size = 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, size);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

/// SipHash with one round per word and three at the end.
class Sip {
public:
    explicit Sip(const HashKey& key)
        : a_(key.first ^ 0x736f6d6570736575u),
          b_(key.second ^ 0x646f72616e646f6du),
          c_(key.first ^ 0x6c7967656e657261u),
          d_(key.second ^ 0x7465646279746573u) {}

    void take(std::uint64_t word) {
        d_ ^= word;
        round();
        a_ ^= word;
    }
    std::uint64_t finish() {
        c_ ^= 0xff;
        round();
        round();
        round();
        return a_ ^ b_ ^ c_ ^ d_;
    }

private:
    void round() {
        a_ += b_;
        b_ = std::rotl(b_, 13) ^ a_;
        a_ = std::rotl(a_, 32);
        c_ += d_;
        d_ = std::rotl(d_, 16) ^ c_;
        a_ += d_;
        d_ = std::rotl(d_, 21) ^ a_;
        c_ += b_;
        b_ = std::rotl(b_, 17) ^ c_;
        c_ = std::rotl(c_, 32);
    }

    std::uint64_t a_, b_, c_, d_;
};

HashKey drawn() {
    SystemRandom random;
    const std::uint64_t first = random.next();
    return {first, random.next()};
}

}  // namespace

const HashKey& process_hash_key() {
    static const HashKey key = drawn();
    return key;
}

std::uint64_t keyed_hash(std::string_view bytes, const HashKey& key) {
    Sip sip(key);
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) sip.take(little_endian(bytes.data() + at));
    const std::size_t rest = bytes.size() - at;
    std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
    if (rest > 0) last |= little_endian(bytes.data() + at, rest);
    sip.take(last);
    return sip.finish();
}

std::uint64_t keyed_hash(std::uint64_t a, std::uint64_t b, const HashKey& key) {
    Sip sip(key);
    sip.take(a);
    sip.take(b);
    sip.take(std::uint64_t{16} << 56);
    return sip.finish();
}

}  // namespace tappet
