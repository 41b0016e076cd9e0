#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tappet::http {

/// Undoes gzip (of one or several members) or deflate (with or without its zlib header), piece by piece, and
/// stops as soon as the output passes a cap: a small bomb costs no more than the cap.
class Inflater {
public:
    enum class Coding { gzip, deflate };
    enum class Status { good, too_large, corrupt };

    /// `cap` is the most bytes that feed may append in all.
    Inflater(Coding coding, std::uint64_t cap);
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    /// Decodes the next bytes and appends the output. Bytes behind the end of the last member are ignored.
    Status feed(std::string_view in, std::string& out);
    /// Whether the data came to its proper end; true as well when there was none at all.
    bool complete() const;
    /// Whether bytes behind the end of the last member were ignored.
    bool overrun() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tappet::http
