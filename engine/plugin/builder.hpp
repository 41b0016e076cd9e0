#pragma once
#include <tappet/abi.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/value.hpp"

namespace tappet::plugin {

/// Builds a Value from puts. A mistake is kept until the builder is taken. One thread at a time.
class Builder {
public:
    static constexpr std::size_t kDepth = 128;

    void put(Value value);
    void string(std::string_view text);  ///< UTF-8, or a mistake
    bool json(std::string_view text);    ///< false: malformed, and nothing is put
    void begin(bool map);
    void key(std::string_view text);
    void entries(const Value& map);  ///< all entries of a map into the open map
    void end();
    void mark_secret();  ///< the value put or ended last

    const Value* finished() const { return problem_.empty() && depth_ == 0 && root_ ? &*root_ : nullptr; }
    /// The whole, and the builder is as new.
    std::optional<Value> take();
    void clear();
    /// Why finished() is null.
    std::string_view problem() const;

private:
    struct Frame {
        bool map = false;
        bool has_key = false;
        Value key;
        std::vector<Value> items;
        std::vector<MapEntry> entries;
    };
    void mistake(std::string_view what);

    std::vector<Frame> frames_;  // kept for the next value; depth_ of them are open
    std::size_t depth_ = 0;
    std::optional<Value> root_;
    std::string problem_;
};

/// The builders' table. What it creates comes from a small pool per thread.
const tappet_builders& builder_table();
Builder& from_handle(tappet_builder* handle);
/// Gives a builder back, as the table's release does.
void release_builder(tappet_builder* handle);

}  // namespace tappet::plugin
