#include "libcore/dockerfile/outline.hpp"

#include <algorithm>
#include <map>

namespace husk::dockerfile {
namespace {

Outline::Argument describe(const Instruction& instruction, const std::string& name,
                           const std::optional<std::string>& value) {
  return {name, description_of(instruction.comments, name), value.value_or(""), instruction.first_line,
          instruction.last_line};
}

/// What each stage uses, and which arguments it has itself.
class Collector : public Observer {
 public:
  explicit Collector(const Dockerfile& file) : file_(file), stages_(file.stages.size()) {}

  void on_from(const Stage& stage, const Globals& globals, const Expansion& image,
               const Expansion* platform) override {
    globals_ = globals;
    std::set<std::string>& used = stages_[static_cast<std::size_t>(&stage - file_.stages.data())].used;
    used = image.matched;
    if (platform != nullptr) used.insert(platform->matched.begin(), platform->matched.end());
  }
  void on_argument(const Instruction& instruction, const StageState& state, const Arg::Item& item,
                   const std::optional<std::string>& value, bool from_global) override {
    Use& use = stages_[state.stage];
    const std::string& name = item.name.text;
    use.used.insert(name);
    if (!from_global) use.own.insert_or_assign(name, describe(instruction, name, value));
  }
  void on_mount(const Instruction& instruction, const StageState& state, const RunMount& mount) override {
    Use& use = stages_[state.stage];
    const Outline::Secret secret{mount.id, mount.required, instruction.first_line, instruction.last_line};
    if (mount.type == RunMount::Type::secret) use.secrets.push_back(secret);
    if (mount.type == RunMount::Type::ssh) use.agents.push_back(secret);
  }

  // Names that one stage has told of already are left out of the next.
  void add_stage(std::size_t stage, Outline& outline) {
    const Use& use = stages_[stage];
    std::set<std::string> used;
    for (const std::string& name : use.used) add_used(name, used);
    for (const std::string& name : used) {
      const auto own = use.own.find(name);
      const GlobalArgument* const global = globals_.find(name);
      if (own != use.own.end()) {
        add(outline.arguments, own->second);
      } else if (global != nullptr) {
        add(outline.arguments, describe(*global->instruction, name, global->value));
      }
    }
    for (const Outline::Secret& secret : use.secrets) add(outline.secrets, secret);
    for (const Outline::Secret& agent : use.agents) add(outline.agents, agent);
  }

 private:
  struct Use {
    std::set<std::string> used = {};
    std::map<std::string, Outline::Argument> own = {};
    std::vector<Outline::Secret> secrets = {}, agents = {};
  };

  // An ARG before the first FROM uses those in its default value.
  void add_used(const std::string& name, std::set<std::string>& used) {
    if (!used.insert(name).second) return;
    if (const GlobalArgument* const global = globals_.find(name)) {
      for (const std::string& other : global->needs) add_used(other, used);
    }
  }

  template <class Item>
  static void add(std::vector<Item>& items, const Item& item) {
    const bool known =
        std::any_of(items.begin(), items.end(), [&](const Item& each) { return each.name == item.name; });
    if (!known) items.push_back(item);
  }

  const Dockerfile& file_;
  std::vector<Use> stages_;
  Globals globals_;
};

template <class Item>
void sort_by_line(std::vector<Item>& items) {
  std::stable_sort(items.begin(), items.end(),
                   [](const Item& left, const Item& right) { return left.first_line < right.first_line; });
}

}  // namespace

std::string description_of(const std::vector<std::string>& comments, std::string_view name) {
  if (name.empty()) return "";
  for (const std::string& comment : comments) {
    if (comment.starts_with(name) && comment.size() > name.size() && comment[name.size()] == ' ')
      return comment.substr(name.size() + 1);
  }
  return "";
}

Outline make_outline(const Dockerfile& file, std::size_t target, const World& world,
                     Diagnostics& diagnostics) {
  Collector collector(file);
  evaluate(file, world, collector, diagnostics);
  const Stage& stage = file.stages[target];
  Outline outline{stage.from.name, description_of(stage.instruction.comments, stage.from.name)};
  collector.add_stage(target, outline);
  for (std::size_t i = file.stages.size(); i-- > 0;) {
    if (i != target && (world.stages.empty() || world.stages[i])) collector.add_stage(i, outline);
  }
  sort_by_line(outline.arguments);
  sort_by_line(outline.secrets);
  sort_by_line(outline.agents);
  return outline;
}

}  // namespace husk::dockerfile
