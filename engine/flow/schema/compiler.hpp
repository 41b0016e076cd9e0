#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "flow/schema/node.hpp"

namespace tappet::flow::schema {

/// Makes the nodes of one document: every place that holds a schema becomes a Node, references are joined up
/// last. Used once, on one thread.
class Compiler {
public:
    Compiler(Schema::Impl& impl, std::vector<Schema::CompileError>& errors) : impl_(impl), errors_(errors) {}
    /// Compiles impl.source; errors are appended.
    void run();

private:
    /// Where the walk is: the schema's place in the document and the resource it belongs to.
    struct At {
        std::string pointer;
        Resource* resource = nullptr;
        std::size_t depth = 0;
        At down(std::string_view key) const;
        At down(std::size_t index) const;
    };
    struct Reference {
        Node* from = nullptr;
        std::string text;  ///< as written
        Resource* resource = nullptr;
        bool dynamic = false;
    };
    using Targets = std::vector<const Node*>;

    // compile.cpp: places and identities
    Node* schema(const Value& value, const At& at);
    const Node* child(const Value& value, std::string_view key, const At& at);  ///< null when absent
    Targets children(const Value& value, std::string_view key, const At& at);
    void only_definitions(const Value& value, const At& at);
    Resource* open_resource(const Value& value, const At& at);
    void name_anchors(const Value& value, const At& at, Node* node);
    void find_endless();
    void find_defaults();

    // compile_keywords.cpp: what one schema says
    void keywords(const Value& value, const At& at, Node& node);
    void types(const Value& value, const At& at, Node& node);
    void number_rules(const Value& value, const At& at, Node& node);
    void string_rules(const Value& value, const At& at, Node& node);
    void array_rules(const Value& value, const At& at, Node& node);
    void object_rules(const Value& value, const At& at, Node& node);
    void property_rules(const Value& value, const At& at, ObjectRules& rules);
    void dependencies(const Value& value, const At& at, ObjectRules& rules, InPlaceRules& in_place);
    void in_place_rules(const Value& value, const At& at, InPlaceRules& rules);
    std::size_t count(const Value& value, std::string_view key, const At& at, std::size_t fallback);
    void span(const Value& value, std::string_view least, std::string_view most, const At& at, Span& out);
    std::vector<std::string> names(const Value& value, const At& at);
    const Value* object_of(const Value& value, std::string_view key, const At& at);
    std::shared_ptr<const Pattern> pattern(std::string_view text, const At& at);

    // references.cpp: what points where
    void join(const Reference& reference);
    Node* target(const Reference& reference, std::string& fragment);
    Node* at_pointer(const Resource& resource, std::string_view pointer);

    void fail(const At& at, std::string detail) { errors_.push_back({at.pointer, std::move(detail)}); }

    Schema::Impl& impl_;
    std::vector<Schema::CompileError>& errors_;
    std::unordered_map<std::string, Node*> by_pointer_;
    std::vector<Reference> references_;
    bool too_large_ = false;
};

}  // namespace tappet::flow::schema
