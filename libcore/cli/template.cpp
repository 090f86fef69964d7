#include "libcore/cli/template.hpp"

#include "libcore/base/error.hpp"
#include "libcore/cli/template_functions.hpp"
#include "libcore/cli/template_parser.hpp"

#include <algorithm>

namespace husk::cli {
namespace {

constexpr std::size_t max_output = std::size_t{64} << 20;  // of one object

class Runner {
 public:
  enum class Mode : std::uint8_t { value, heading };
  Runner(const Value& document, Mode mode) : variables_{{"$", document}}, mode_(mode) {}

  // How a range goes on after some nodes.
  enum class Flow : std::uint8_t { on, next, leave };
  Flow run(const std::vector<Node>& nodes, const Value& dot) {
    const std::size_t visible = variables_.size();
    Flow flow = Flow::on;
    for (auto node = nodes.begin(); node != nodes.end() && flow == Flow::on; ++node) flow = run(*node, dot);
    variables_.resize(visible);
    if (text.size() > max_output) throw Error("the template prints too much");
    return flow;
  }

  std::string text;

 private:
  struct Variable {
    std::string name;
    Value value;
  };

  Flow run(const Node& node, const Value& dot) {
    switch (node.kind) {
      case Node::Kind::text: text += node.text; return Flow::on;
      case Node::Kind::leave: return Flow::leave;
      case Node::Kind::next: return Flow::next;
      case Node::Kind::range: return run_range(node, dot);
      case Node::Kind::print: {
        const Value value = evaluate(node.pipeline, dot);
        set_variables(node.pipeline, {&value});
        if (node.pipeline.variables.empty()) text += print_plain(value);
        return Flow::on;
      }
      case Node::Kind::branch:
      case Node::Kind::with: break;
    }
    const std::size_t visible = variables_.size();
    const Value value = evaluate(node.pipeline, dot);
    set_variables(node.pipeline, {&value});
    const bool is_taken = is_true(value);
    const Flow flow =
        run(is_taken ? node.body : node.otherwise, is_taken && node.kind == Node::Kind::with ? value : dot);
    variables_.resize(visible);
    return flow;
  }

  Flow run_range(const Node& node, const Value& dot) {
    const Value all = evaluate(node.pipeline, dot);
    const std::size_t visible = variables_.size();
    bool was_empty = true;
    bool goes_on = true;
    for_each(all, [&](const Value& index, const Value& element) {
      if (!goes_on) return;
      was_empty = false;
      const bool has_index = node.pipeline.variables.size() == 2;
      set_variables(node.pipeline, has_index ? std::vector{&index, &element} : std::vector{&element});
      goes_on = run(node.body, element) != Flow::leave;
      variables_.resize(visible);
    });
    return was_empty ? run(node.otherwise, dot) : Flow::on;
  }

  // The members of an object in the order of names, as Go's maps have them; numbers from 0 on.
  template <class Visit>
  static void for_each(const Value& all, const Visit& visit) {
    if (const auto* const list = all.get<Value::List>()) {
      for (std::size_t i = 0; i < list->size(); ++i) visit(Value(i), (*list)[i]);
    } else if (const auto* const object = all.get<Value::Object>()) {
      std::vector<const Value::Member*> sorted;
      for (const Value::Member& each : *object) sorted.push_back(&each);
      std::ranges::sort(sorted, {}, &Value::Member::name);
      for (const Value::Member* const each : sorted) visit(Value(each->name), each->value);
    } else if (const auto* const count = all.get<std::int64_t>()) {
      for (std::int64_t i = 0; i < *count; ++i) visit(Value(i), Value(i));
    } else if (!all.is_null() && is_true(all)) {
      throw Error("range over what is neither a list nor an object");
    }
  }

  void set_variables(const Pipeline& pipeline, const std::vector<const Value*>& values) {
    for (std::size_t i = 0; i < pipeline.variables.size(); ++i) {
      if (pipeline.declares) {
        variables_.push_back({pipeline.variables[i], *values.at(i)});
      } else {
        variable(pipeline.variables[i]) = *values.at(i);
      }
    }
  }

  Value& variable(const std::string& name) {
    const auto found = std::find_if(variables_.rbegin(), variables_.rend(),
                                    [&](const Variable& each) { return each.name == name; });
    if (found == variables_.rend()) throw Error(cat("there is no variable ", quote(name)));
    return found->value;
  }

  Value evaluate(const Pipeline& pipeline, const Value& dot) {
    Value value;
    for (const Invocation& invocation : pipeline.invocations) {
      const bool is_first = &invocation == pipeline.invocations.data();
      value = evaluate(invocation, dot, is_first ? nullptr : &value);
    }
    return value;
  }

  Value evaluate(const Invocation& words, const Value& dot, const Value* last) {
    const Operand& first = words.front();
    const bool is_function = first.kind == Operand::Kind::function;
    if (is_function && (first.name == "and" || first.name == "or") && first.fields.empty())
      return evaluate_lazily(words, dot, last);
    Value::List arguments;
    for (std::size_t i = 1; i < words.size(); ++i) arguments.push_back(evaluate(words[i], dot));
    if (last != nullptr) arguments.push_back(*last);
    if (is_function) return follow(call(first.name, arguments), first.fields);
    Value value = evaluate(first, dot);
    if (const auto* const function = value.get<Value::Function>()) return (*function)(arguments);
    if (!arguments.empty()) throw Error(cat(describe(first), " takes no arguments"));
    return value;
  }

  // What decides comes first: {{if and .A (index .A 0)}} looks at the second only if there is a first.
  Value evaluate_lazily(const Invocation& words, const Value& dot, const Value* last) {
    const bool decides = words.front().name == "or";
    Value value;
    for (std::size_t i = 1; i < words.size(); ++i) {
      value = evaluate(words[i], dot);
      if (is_true(value) == decides) return value;
    }
    if (words.size() == 1 && last == nullptr) throw Error(cat(words.front().name, ": has no arguments"));
    return last != nullptr ? *last : value;
  }

  Value call(std::string_view name, const Value::List& arguments) const {
    const bool leaves = mode_ == Mode::heading && is_text_function(name) && !arguments.empty();
    return leaves ? arguments.front() : call_template_function(name, arguments);
  }

  Value evaluate(const Operand& operand, const Value& dot) {
    switch (operand.kind) {
      case Operand::Kind::dot: return follow(dot, operand.fields);
      case Operand::Kind::variable: return follow(variable(operand.name), operand.fields);
      case Operand::Kind::literal: return follow(operand.literal, operand.fields);
      case Operand::Kind::function: return follow(call(operand.name, {}), operand.fields);
      case Operand::Kind::pipeline: return follow(evaluate(*operand.pipeline, dot), operand.fields);
    }
    return {};
  }

  static Value follow(const Value& value, const std::vector<std::string>& fields) {
    const Value* found = &value;
    for (const std::string& field : fields) {
      found = found->find(field);
      if (found == nullptr) throw Error(cat("there is no field ", quote(cat(".", field))));
    }
    return *found;
  }

  static std::string describe(const Operand& operand) {
    std::string text = operand.name;
    for (const std::string& field : operand.fields) text += cat(".", field);
    return text.empty() ? "what stands in parentheses" : text;
  }

  std::vector<Variable> variables_;
  Mode mode_;
};

class FieldCollector {
 public:
  // Whether "." is the document, and not a part of it.
  enum class Dot : std::uint8_t { document, part };
  void collect(const std::vector<Node>& nodes, Dot dot) {
    for (const Node& node : nodes) {
      collect(node.pipeline, dot);
      const bool changes = node.kind == Node::Kind::with || node.kind == Node::Kind::range;
      collect(node.body, changes ? Dot::part : dot);
      collect(node.otherwise, dot);
    }
  }

  std::set<std::string> fields;

 private:
  void collect(const Pipeline& pipeline, Dot dot) {
    for (const Invocation& invocation : pipeline.invocations) {
      for (const Operand& operand : invocation) collect(operand, dot);
    }
  }

  void collect(const Operand& operand, Dot dot) {
    if (operand.pipeline) collect(*operand.pipeline, dot);
    const bool is_dot = operand.kind == Operand::Kind::dot && dot == Dot::document;
    if (is_dot || (operand.kind == Operand::Kind::variable && operand.name == "$"))
      fields.insert(operand.fields.empty() ? "" : operand.fields.front());
  }
};

std::string run(const std::vector<Node>& nodes, const Value& document, Runner::Mode mode) {
  Runner runner(document, mode);
  (void)runner.run(nodes, document);  // parse_template() lets break and continue stand in a range only
  return std::move(runner.text);
}

}  // namespace

Template::Template(std::string_view text) try : nodes_(parse_template(text)) {
} catch (Error& error) {
  error.add_context(cat("format ", quote(text)));
  throw;
}

std::set<std::string> Template::fields() const {
  FieldCollector collector;
  collector.collect(nodes_, FieldCollector::Dot::document);
  return std::move(collector.fields);
}

std::string Template::render(const Value& document) const {
  return run(nodes_, document, Runner::Mode::value);
}

std::string Template::render_heading(const Value& headings) const {
  return run(nodes_, headings, Runner::Mode::heading);
}

}  // namespace husk::cli
