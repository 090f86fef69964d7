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

std::size_t choose_limit(std::size_t asked) {
  return asked != 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace

Engine::Engine(const std::vector<Job>& jobs, Channel& channel, Interruption& interruption)
    : session_(jobs.front().shop.session),
      file_(jobs.front().shop.file),
      images_(jobs.front().shop.images),
      channel_(channel),
      report_(channel.report),
      interruption_(interruption),
      pulls_(session_, images_),
      limit_(choose_limit(session_.options.jobs)) {
  const std::size_t stages = file_.stages.size();
  for (const Job& job : jobs) {
    lines_.push_back({job.shop, job.plan, std::vector<StageProgress>(stages, StageProgress::waiting),
                      std::vector<Event>(stages)});
  }
}

Engine::~Engine() = default;

std::size_t Engine::Line::running() const {
  return static_cast<std::size_t>(std::count(progress.begin(), progress.end(), StageProgress::running));
}

Engine::Line& Engine::line_of(const StageProcess& process) {
  return lines_[process.stage() / file_.stages.size()];
}

std::size_t Engine::stage_of(const StageProcess& process) const {
  return process.stage() % file_.stages.size();
}

StageProgress& Engine::progress_of(const StageProcess& process) {
  return line_of(process).progress[stage_of(process)];
}

Event& Engine::last_event_of(const StageProcess& process) {
  return line_of(process).last_events[stage_of(process)];
}

void Engine::announce(const Line& line, std::size_t index) const {
  const dockerfile::Stage& stage = file_.stages[index];
  report_({.kind = Event::Kind::stage,
           .stage = line.shop.first_stage + index,
           .steps = 1 + stage.instructions.size(),
           .text = line.shop.label + (stage.from.name.empty() ? cat("stage-", index) : stage.from.name)});
}

bool Engine::all_built() const {
  return std::all_of(lines_.begin(), lines_.end(), [](const Line& line) {
    return line.progress[line.plan.target] == StageProgress::built;
  });
}

void Engine::run() {
  for (const Line& line : lines_) {
    for (const std::size_t stage : line.plan.order) announce(line, stage);
    for (const std::string& image : line.plan.images) pulls_.want(image);
  }
  while (!all_built()) {
    if (!failure_ && terminal_user_ == nullptr) start_stages();
    if (failure_ && processes_.empty()) throw Error(*failure_);
    if (!processes_.empty() || pulls_.running()) wait();
  }
}

void Engine::start_stages() try {
  for (Line& line : lines_) {
    while (start_stages(line)) {
    }
  }
} catch (const Error& error) {
  fail(error);
}

// True if there may be more to start by now.
bool Engine::start_stages(Line& line) {
  bool again = false;
  const std::size_t elsewhere = processes_.size() - line.running();
  for (const std::size_t stage :
       next_stages(line.plan, line.progress, limit_ - std::min(limit_, elsewhere))) {
    if (!base_is_here(line, stage)) continue;
    if (waits_for_triggers(line, stage)) return true;
    start(line, stage);
    again = again || line.progress[stage] == StageProgress::built;
  }
  return again;
}

bool Engine::base_is_here(const Line& line, std::size_t stage) {
  const Origin& base = line.plan.bases[stage];
  if (base.stage || base.is_scratch()) return true;
  pulls_.want(base.image);
  try {
    return pulls_.is_here(base.image);
  } catch (const Error& error) {
    const dockerfile::Instruction& from = file_.stages[stage].instruction;
    Error located(file_.source.explain(from.at, cat(title_of(from), ": ", error.what())), error.exit());
    located.set_hint(error.hint());
    throw located;
  }
}

// COPY --from= in a trigger of the base image may make stages needed of which nobody knew.
bool Engine::waits_for_triggers(Line& line, std::size_t stage) {
  const Origin& base = line.plan.bases[stage];
  if (base.stage || base.is_scratch()) return false;
  const auto& triggers = images_.get(base.image).config.on_build;
  if (triggers.empty()) return false;
  const auto& contexts = session_.options.named_contexts;
  for (const std::size_t added :
       add_triggers(line.plan, file_, stage, triggers, line.shop.global, contexts, line.shop.platforms)) {
    announce(line, added);
  }
  const auto& needs = line.plan.needs[stage];
  return std::any_of(needs.begin(), needs.end(),
                     [&](std::size_t need) { return line.progress[need] != StageProgress::built; });
}

void Engine::start(Line& line, std::size_t stage) {
  auto builder = std::make_unique<StageBuilder>(line.shop, line.plan, stage);
  // Looking up means hashing the context. While processes wait to be heard, the stage's own does it.
  if (processes_.empty() && builder->advance(StageBuilder::Effort::look_up)) {
    built(line, stage, builder->result());
  } else {
    start_process(line, stage, *builder);
  }
}

void Engine::start_process(Line& line, std::size_t stage, StageBuilder& builder) {
  processes_.emplace_back(line.shop.first_stage + stage, [&](const ParentLink& parent) {
    report_ = [&](const Event& event) { parent.report(event); };
    channel_.take_terminal = [&](const std::string& why) { parent.take_terminal(why); };
    images_.set_fetch([&](const std::string& name) {
      const auto id = oci::Digest::parse(parent.ask_for_image(name));
      if (!id) throw Error(cat("image ", quote(name), " has no id"));
      return *id;
    });
    (void)builder.advance(StageBuilder::Effort::make);
    std::string result = print_stage_result(builder.result());
    line.shop.contexts.save_hashes();
    return result;
  });
  line.progress[stage] = StageProgress::running;
}

void Engine::built(Line& line, std::size_t stage, StageResult result) {
  line.shop.built.insert_or_assign(stage, std::move(result));
  line.progress[stage] = StageProgress::built;
}

void Engine::wait() {
  std::vector<pollfd> waiting = {{interruption_.fd(), POLLIN, 0}};
  for (const StageProcess& process : processes_) {
    waiting.push_back({process.messages(), POLLIN, 0});
    waiting.push_back({process.output(), POLLIN, 0});
  }
  pulls_.add_to(waiting);
  const auto tick = terminal_given_ ? 0 : static_cast<int>(session_.options.tick.count());
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
    if (progress_of(*process) == StageProgress::running) continue;
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
    Event event = last_event_of(process);
    event.kind = Event::Kind::output;
    event.text = process.take_output();
    if (!event.text.empty()) report_(event);
  };
  while (const auto message = process.take_message()) {
    read_output();
    take(process, *message);
    if (progress_of(process) != StageProgress::running) return;
  }
  read_output();
}

void Engine::take(StageProcess& process, const StageProcess::Message& message) {
  using Kind = StageProcess::Message::Kind;
  std::string_view text = message.text;
  switch (message.kind) {
    case Kind::event: {
      Event event = parse_event(text);
      if (event.steps != 0) last_event_of(process) = event;  // not of a pull, nor a note
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
    case Kind::result: built(line_of(process), stage_of(process), parse_stage_result(text)); break;
    case Kind::error:
      progress_of(process) = StageProgress::waiting;
      if (terminal_user_ == nullptr || terminal_user_ == &process) fail(take_error(text));
      break;
  }
}

void Engine::give_terminal() {
  if (terminal_user_ == nullptr || terminal_given_ || processes_.size() > 1) return;
  terminal_given_ = true;
  Event event = last_event_of(*terminal_user_);
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
      question.process->answer(images_.get(question.image).id.str());
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
