#include "libcore/build/engine.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"

#include <poll.h>
#include <algorithm>
#include <thread>

namespace husk::build {
namespace {

// How long a command may take to end after SIGTERM.
constexpr std::chrono::seconds patience(10);

std::size_t choose_jobs(std::size_t asked) {
  return asked != 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

Engine::Engine(Workshop& shop, const StagePlan& plan, Channel& channel, Interruption& interruption)
    : shop_(shop),
      plan_(plan),
      channel_(channel),
      report_(channel.report),
      interruption_(interruption),
      pulls_(shop.session, shop.images),
      jobs_(choose_jobs(shop.session.options.jobs)),
      progress_(shop.file.stages.size(), StageProgress::waiting),
      last_events_(shop.file.stages.size()) {}

Engine::~Engine() = default;

void Engine::announce(std::size_t index) const {
  const dockerfile::Stage& stage = shop_.file.stages[index];
  report_({.kind = Event::Kind::stage,
           .stage = shop_.first_stage + index,
           .steps = 1 + stage.instructions.size(),
           .text = shop_.label + (stage.from.name.empty() ? cat("stage-", index) : stage.from.name)});
}

void Engine::run() {
  for (const std::size_t stage : plan_.order) announce(stage);
  for (const std::string& image : plan_.images) pulls_.want(image);
  while (progress_[plan_.target] != StageProgress::built) {
    if (!failure_ && terminal_user_ == nullptr) start_stages();
    if (failure_ && processes_.empty()) throw Error(*failure_);
    if (!processes_.empty() || pulls_.running()) wait();
  }
}

void Engine::start_stages() try {
  for (bool again = true; again;) {
    again = false;
    for (const std::size_t stage : next_stages(plan_, progress_, jobs_)) {
      if (!base_is_here(stage)) continue;
      if (waits_for_triggers(stage)) {
        again = true;
        break;
      }
      start(stage);
      again = again || progress_[stage] == StageProgress::built;
    }
  }
} catch (const Error& error) {
  fail(error);
}

bool Engine::base_is_here(std::size_t stage) {
  const Origin& base = plan_.bases[stage];
  if (base.stage || base.is_scratch()) return true;
  pulls_.want(base.image);
  try {
    return pulls_.is_here(base.image);
  } catch (const Error& error) {
    const dockerfile::Instruction& from = shop_.file.stages[stage].instruction;
    Error located(shop_.file.source.explain(from.at, cat(title_of(from), ": ", error.what())), error.exit());
    located.set_hint(error.hint());
    throw located;
  }
}

// COPY --from= in a trigger of the base image may make stages needed of which nobody knew.
bool Engine::waits_for_triggers(std::size_t stage) {
  const Origin& base = plan_.bases[stage];
  if (base.stage || base.is_scratch()) return false;
  const auto& triggers = shop_.images.get(base.image).config.on_build;
  if (triggers.empty()) return false;
  const auto& contexts = shop_.session.options.named_contexts;
  for (const std::size_t added :
       add_triggers(plan_, shop_.file, stage, triggers, shop_.global, contexts, shop_.platforms)) {
    announce(added);
  }
  const auto& needs = plan_.needs[stage];
  return std::any_of(needs.begin(), needs.end(),
                     [&](std::size_t need) { return progress_[need] != StageProgress::built; });
}

void Engine::start(std::size_t stage) {
  auto builder = std::make_unique<StageBuilder>(shop_, plan_, stage);
  // Looking up means hashing the context. While processes wait to be heard, the stage's own does it.
  if (processes_.empty() && builder->advance(StageBuilder::Effort::look_up)) {
    built(stage, builder->result());
  } else {
    start_process(stage, *builder);
  }
}

void Engine::start_process(std::size_t stage, StageBuilder& builder) {
  processes_.emplace_back(stage, [&](const ParentLink& parent) {
    report_ = [&](const Event& event) { parent.report(event); };
    channel_.take_terminal = [&](const std::string& why) { parent.take_terminal(why); };
    shop_.images.set_fetch([&](const std::string& name) {
      const auto id = oci::Digest::parse(parent.ask_for_image(name));
      if (!id) throw Error(cat("image ", quote(name), " has no id"));
      return *id;
    });
    (void)builder.advance(StageBuilder::Effort::make);
    std::string result = print_stage_result(builder.result());
    shop_.contexts.save_hashes();
    return result;
  });
  progress_[stage] = StageProgress::running;
}

void Engine::built(std::size_t stage, StageResult result) {
  shop_.built.insert_or_assign(stage, std::move(result));
  progress_[stage] = StageProgress::built;
}

void Engine::wait() {
  std::vector<pollfd> waiting = {{interruption_.fd(), POLLIN, 0}};
  for (const StageProcess& process : processes_) {
    waiting.push_back({process.messages(), POLLIN, 0});
    waiting.push_back({process.output(), POLLIN, 0});
  }
  pulls_.add_to(waiting);
  const auto tick = terminal_given_ ? 0 : static_cast<int>(shop_.session.options.tick.count());
  const int timeout = tick > 0 ? tick : failure_ ? 1000 : -1;
  if (::poll(waiting.data(), waiting.size(), timeout) < 0 && errno != EINTR)
    throw_errno("wait for the stages");
  if (tick > 0) report_({.kind = Event::Kind::tick});
  // Before what the stages say: on a terminal, ctrl-C ends their commands, too.
  check_signals();
  pulls_.read();
  answer_questions();
  for (auto next = processes_.begin(); next != processes_.end();) {
    const auto process = next++;
    read(*process);
    if (progress_[process->stage()] == StageProgress::running) continue;
    process->wait();
    if (terminal_user_ == &*process) terminal_user_ = nullptr;
    std::erase_if(questions_, [&](const Question& each) { return each.process == &*process; });
    processes_.erase(process);
  }
  give_terminal();
}

void Engine::read(StageProcess& process) {
  // What was printed before a message belongs before it.
  const auto read_output = [&] {
    Event event = last_events_[process.stage()];
    event.kind = Event::Kind::output;
    event.text = process.take_output();
    if (!event.text.empty()) report_(event);
  };
  while (const auto message = process.take_message()) {
    read_output();
    take(process, *message);
    if (progress_[process.stage()] != StageProgress::running) return;
  }
  read_output();
}

void Engine::take(StageProcess& process, const StageProcess::Message& message) {
  using Kind = StageProcess::Message::Kind;
  std::string_view text = message.text;
  switch (message.kind) {
    case Kind::event: {
      Event event = parse_event(text);
      if (event.steps != 0) last_events_[process.stage()] = event;  // not of a pull, nor a note
      // Stages that are being stopped do not fail.
      if (!failure_ || event.kind != Event::Kind::failed) report_(event);
      break;
    }
    case Kind::terminal:
      if (terminal_user_ != nullptr) break;  // it is being stopped
      terminal_user_ = &process;
      terminal_reason_ = message.text;
      for (StageProcess& other : processes_) {
        if (&other != &process) other.stop();
      }
      break;
    case Kind::image:
      questions_.push_back({&process, message.text});
      pulls_.want(message.text);
      answer_questions();
      break;
    case Kind::result: built(process.stage(), parse_stage_result(text)); break;
    case Kind::error:
      progress_[process.stage()] = StageProgress::waiting;
      if (terminal_user_ == nullptr || terminal_user_ == &process) fail(take_error(text));
      break;
  }
}

void Engine::give_terminal() {
  if (terminal_user_ == nullptr || terminal_given_ || processes_.size() > 1) return;
  terminal_given_ = true;
  Event event = last_events_[terminal_user_->stage()];
  event.kind = Event::Kind::terminal;
  event.text = cat(event.text, ": ", terminal_reason_);
  report_(event);
  terminal_user_->answer("");
}

void Engine::answer_questions() {
  std::erase_if(questions_, [&](const Question& question) {
    try {
      if (failure_) throw Error(*failure_);
      if (!pulls_.is_here(question.image)) return false;
      question.process->answer(shop_.images.get(question.image).id.str());
    } catch (const Error& error) {
      question.process->answer(error);
    }
    return true;
  });
}

void Engine::check_signals() {
  if (failure_ && Clock::now() - failed_ > patience) processes_.clear();
  if (interruption_.take() == 0) return;
  try {
    check_interrupted();
  } catch (const Error& error) {
    if (failure_) processes_.clear();  // asked for twice: at once
    fail(error);
  }
}

void Engine::fail(const Error& error) {
  if (failure_) return;
  failure_ = error;
  failed_ = Clock::now();
  for (StageProcess& process : processes_) process.stop();
}

}  // namespace husk::build
