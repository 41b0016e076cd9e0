#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "flow/schema/node.hpp"

namespace tappet::flow::schema {

/// The way to a value inside the checked one: links on the stack, made text only when there is something to
/// report.
struct Path {
    const Path* parent = nullptr;
    std::string_view key;
    std::size_t index = 0;
    bool is_index = false;

    static Path of(const Path& parent, std::string_view key) { return {&parent, key, 0, false}; }
    static Path of(const Path& parent, std::size_t index) { return {&parent, {}, index, true}; }
    std::string text() const;  ///< as a JSON pointer

private:
    void append(std::string& out) const;
};

/// Problems found so far, up to a limit.
struct Report {
    std::vector<SchemaProblem> problems;
    std::size_t limit = 20;
    bool full() const { return problems.size() >= limit; }
};

/// Which entries or items of one value some schema has spoken about; for unevaluatedProperties and
/// unevaluatedItems.
class Evaluated {
public:
    void mark(std::size_t at, std::size_t size) {
        if (seen_.empty()) seen_.resize(size);
        seen_[at] = true;
    }
    bool has(std::size_t at) const { return at < seen_.size() && seen_[at]; }
    void merge(const Evaluated& other);

private:
    std::vector<bool> seen_;
};

/// What it takes to say that something is wrong at a place, in units of work.
constexpr std::size_t saying(std::string_view pointer) { return 40 + pointer.size() / 16; }

/// Units of work for one value: a check, a value hashed for uniqueItems; for a pattern, a KiB of text and an
/// instruction of it. A fifth of a second where no pattern is hard to match.
inline constexpr std::size_t kMaxWork = 8'000'000;

/// One check of one value. Without a report it stops at the first failure and says nothing. Not shared.
class Checker {
public:
    Checker(const Schema::Impl& schema, Report* report) : schema_(schema), report_(report) {}
    bool run(const Value& value);
    /// Whether it ended because the work passed its bound.
    bool overworked() const { return overworked_; }

private:
    /// The resources entered on the way here, for $dynamicRef.
    struct Scope {
        const Resource* resource = nullptr;
        const Scope* parent = nullptr;
    };

    // check.cpp
    /// Takes units of work; false, and nothing fits any more, when the bound is reached.
    bool spend(std::size_t units) {
        work_ += units;
        if (work_ < kMaxWork) return true;
        spent_ = overworked_ = true;
        return false;
    }
    std::size_t work_left() const { return work_ < kMaxWork ? kMaxWork - work_ : 0; }
    bool check(const Node& node, const Value& value, const Path& path, Evaluated* seen);
    bool everything(const Node& node, const Value& value, const Path& path, Evaluated* seen);
    bool fits_silently(const Node& node, const Value& value, const Path& path, Evaluated* seen = nullptr);
    /// Notes a failure; false always, for `return fail(…)`. `say` yields the detail and is called only when
    /// asked for.
    template <class Say>
    bool fail(const Path& path, std::string_view keyword, const Say& say) {
        if (report_ && !report_->full()) note({path.text(), say(), std::string(keyword), {}});
        return false;
    }
    void note(SchemaProblem problem);
    bool fail_with(const Path& path, SchemaProblem problem);

    // check_scalar.cpp, check_array.cpp, check_object.cpp: each expects a value of its kind
    bool among_options(const Node& node, const Value& value);
    bool values(const Node& node, const Value& value, const Path& path);
    bool number(const NumberRules& rules, const Value& value, const Path& path);
    bool string(const StringRules& rules, const Value& value, const Path& path);
    bool array(const ArrayRules& rules, const Value& value, const Path& path, Evaluated* seen);
    bool contains(const ArrayRules& rules, const Value& value, const Path& path, Evaluated* seen);
    bool object(const ObjectRules& rules, const Value& value, const Path& path, Evaluated* seen);
    bool known_only(const ObjectRules& rules, const Value& value, const Path& path);
    bool each_entry(const ObjectRules& rules, const Value& value, const Path& path, Evaluated* seen);
    bool entry(const ObjectRules& rules, std::string_view name, const Value& value, const Path& path,
               bool& known);
    bool missing(const ObjectRules& rules, const Value& value, const Path& path);
    bool dependent_required(const ObjectRules& rules, const Value& value, const Path& path);
    bool unknown(const ObjectRules* rules, std::string_view name, const Path& path, std::string_view keyword);

    // check_in_place.cpp
    bool in_place(const InPlaceRules& rules, const Value& value, const Path& path, Evaluated* seen);
    bool conditions(const InPlaceRules& rules, const Value& value, const Path& path, Evaluated* seen);
    bool apply(const Node& node, const Value& value, const Path& path, Evaluated* seen);
    bool any_of(const InPlaceRules& rules, const Value& value, const Path& path, Evaluated* seen);
    bool one_of(const InPlaceRules& rules, const Value& value, const Path& path, Evaluated* seen);
    bool explain_none(const std::vector<const Node*>& options, std::string_view keyword, const Value& value,
                      const Path& path);
    bool unevaluated(const Node& node, const Value& value, const Path& path, Evaluated& seen);
    const Node& dynamic_target(const InPlaceRules& rules) const;

    const Schema::Impl& schema_;
    Report* report_;
    const Scope* scope_ = nullptr;
    std::size_t depth_ = 0;
    std::size_t work_ = 0;
    bool spent_ = false;       ///< a bound was passed: nothing fits any more
    bool overworked_ = false;  ///< that of the work
};

/// The types of JSON that a value has.
std::uint8_t types_of(const Value& value);

}  // namespace tappet::flow::schema
