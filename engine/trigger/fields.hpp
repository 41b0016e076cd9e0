#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "expr/value.hpp"

namespace tappet::trigger {

/// The fields of a form in their order; one that is there several times has a list.
class FieldMap {
public:
    void add(std::string name, Value value) {
        const auto [at, first] = by_name_.emplace(name, fields_.size());
        if (first) fields_.emplace_back(std::move(name), std::vector<Value>());
        fields_[at->second].second.push_back(std::move(value));
    }
    Value take() && {
        std::vector<MapEntry> entries;
        entries.reserve(fields_.size());
        for (auto& [name, values] : fields_)
            entries.push_back({Value::string(name), values.size() == 1 ? std::move(values.front())
                                                                       : Value::list(std::move(values))});
        return Value::map(std::move(entries));
    }

private:
    std::vector<std::pair<std::string, std::vector<Value>>> fields_;
    std::map<std::string, std::size_t, std::less<>> by_name_;
};

}  // namespace tappet::trigger
