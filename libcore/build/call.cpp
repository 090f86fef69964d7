#include "libcore/build/call.hpp"

#include "libcore/build/base_image.hpp"
#include "libcore/build/check.hpp"
#include "libcore/build/contexts.hpp"
#include "libcore/build/dockerfile_source.hpp"
#include "libcore/build/imported_caches.hpp"
#include "libcore/build/print_check.hpp"
#include "libcore/build/remote_source.hpp"
#include "libcore/build/stages.hpp"

#include <algorithm>
#include <array>

namespace husk::build {
namespace {

using dockerfile::Diagnostics;
using dockerfile::Dockerfile;
using Method = Call::Method;
using Format = Call::Format;

Method parse_method(const std::string& name) {
  if (name == "build") return Method::build;
  if (name == "check" || name == "lint") return Method::check;  // the latter is BuildKit's name for it
  if (name == "outline") return Method::outline;
  if (name == "targets") return Method::targets;
  if (name == "parse") return Method::parse;
  throw Error(cat("--call is build, check, outline, targets or parse, not ", quote(name)), Exit::usage);
}

Format parse_format(const std::string& name, Method method) {
  if (name.empty()) return method == Method::parse ? Format::json : Format::text;
  if (method == Method::build) throw Error("--format is for --check and --call", Exit::usage);
  if (name == "json") return Format::json;
  if (name == "text" && method != Method::parse) return Format::text;
  if (name == "sexp" && method == Method::parse) return Format::sexp;
  throw Error(
      cat("--format is ", method == Method::parse ? "json or sexp" : "text or json", ", not ", quote(name)),
      Exit::usage);
}

struct Input {
  dockerfile::Source dockerfile;
  dockerfile::IgnoreMatcher ignore = {};
};

bool is_here(const Options& options) {
  using Kind = ContextName::Kind;
  const bool remote_dockerfile = is_web_address(options.dockerfile);
  return options.main_context.kind == Kind::directory && !remote_dockerfile;
}

/// The Dockerfile and what its context leaves out. A context that is no directory is brought into the store
/// for that, and removed again.
Input read_input(const Options& options) {
  if (is_here(options)) {
    Input input{read_dockerfile(options)};
    std::error_code ignored;
    if (std::filesystem::is_directory(options.context, ignored)) input.ignore = read_ignore_file(options);
    return input;
  }
  const Interruption interruption;
  const store::Store store = store::Store::open([](const std::string&) {});
  const store::Lease lease(store);
  const userns::IdMap map = userns::choose_map(options.userns);
  const Report report = [](const Event&) {};
  const std::function<void(const std::string&)> take_terminal;
  const ImportedCaches imported;
  userns::SharedNamespace user_namespace(map);
  const Session session{lease, map, user_namespace, options, report, take_terminal, imported};
  const Contexts contexts(session);
  return {contexts.dockerfile()};
}

/// Looks base images up, if a store can be had.
class LocalImages {
 public:
  std::optional<oci::ImageConfig> find(const std::string& name) {
    try {
      if (!store_) store_ = store::Store::open([](const std::string&) {});
      BaseImages images(*store_);
      const BaseImage* const image = images.find(name);
      return image == nullptr ? std::nullopt : std::optional(image->config);
    } catch (const Error&) {
      return std::nullopt;  // nothing is known of it then, and that is said where it matters
    }
  }

 private:
  std::optional<store::Store> store_;
};

void fail(CallResult& result, const Diagnostics& diagnostics, const dockerfile::Source& source) {
  if (diagnostics.empty()) return;
  try {
    diagnostics.fail(source);
  } catch (const Error& error) {
    result.error = error.what();
    result.hint = error.hint();
  }
}

CallResult parse(const Call& call, const Options& options) {
  const dockerfile::Source source = read_input(options).dockerfile;
  Diagnostics diagnostics;
  const dockerfile::SyntaxTree tree = parse_syntax(source.text(), diagnostics);
  CallResult result;
  if (!diagnostics.empty()) {
    fail(result, diagnostics, source);
  } else if (call.format == Format::sexp) {
    result.text = print_sexp(tree);
  } else {
    result.text = print_json(tree, std::filesystem::path(source.name()).filename().native()) + "\n";
  }
  return result;
}

// Those that TARGET needs; without a target all.
std::vector<bool> stages_for(const Dockerfile& file, const Options& options) {
  if (options.target.empty()) return {};
  const Variables global =
      global_scope(file, options.arguments, {.target = options.target_platform()}, options.target);
  return stages_of(file, plan_stages(file, options.target, global, options.named_contexts));
}

CallResult check_dockerfile(const Call& call, const Options& options) {
  Diagnostics diagnostics;
  const Input input = read_input(options);
  const Dockerfile file = parse_dockerfile(input.dockerfile, diagnostics);
  const dockerfile::IgnoreMatcher& ignore = input.ignore;
  LocalImages images;
  dockerfile::World world =
      make_world(file, options, diagnostics.empty() ? stages_for(file, options) : std::vector<bool>(),
                 [&](const std::string& name) { return images.find(name); });
  dockerfile::CheckOptions checks;
  diagnostics.run([&] { checks = check_options(file, options); });
  const dockerfile::LintResult lint =
      check(file, checks, std::move(world), ignore.empty() ? nullptr : &ignore, diagnostics);
  CallResult result;
  result.warned = !lint.warnings.empty();
  fail(result, diagnostics, file.source);
  if (diagnostics.empty() && lint.is_error) result.error = lint.violation();
  if (call.format == Format::json) {
    result.text = print_check_json(file, lint, diagnostics);
  } else if (result.warned || result.error.empty()) {
    result.text = print_check(file, lint);
  }
  for (const std::string& name : lint.unknown_images) {
    result.note += cat(result.note.empty() ? "" : "\n", "the image ", quote(name),
                       " is not in the store: variables that it sets are not known");
  }
  return result;
}

CallResult outline(const Call& call, const Options& options) {
  const Dockerfile file = dockerfile::parse_dockerfile(read_input(options).dockerfile);
  const Variables global =
      global_scope(file, options.arguments, {.target = options.target_platform()}, options.target);
  const StagePlan plan = plan_stages(file, options.target, global, options.named_contexts);
  LocalImages images;
  const dockerfile::World world = make_world(file, options, stages_of(file, plan),
                                             [&](const std::string& name) { return images.find(name); });
  Diagnostics diagnostics;
  const dockerfile::Outline outline = make_outline(file, plan.target, world, diagnostics);
  CallResult result;
  fail(result, diagnostics, file.source);
  if (!result.error.empty()) return result;
  result.text = call.format == Format::json ? print_outline_json(file, outline) : print_outline(outline);
  return result;
}

CallResult targets(const Call& call, const Options& options) {
  const Dockerfile file = dockerfile::parse_dockerfile(read_input(options).dockerfile);
  CallResult result;
  result.text = call.format == Format::json ? print_targets_json(file) : print_targets(file);
  return result;
}

}  // namespace

Call parse_call(const std::string& call, const std::string& format, bool check) {
  constexpr std::string_view separator = ",format=";
  Call parsed;
  std::string wanted = format;
  if (!call.empty()) {
    const auto comma = call.find(',');
    parsed.method = parse_method(call.substr(0, comma));
    if (comma != std::string::npos) {
      const std::string rest = call.substr(comma);
      if (!rest.starts_with(separator) || !format.empty()) {
        throw Error(cat("--call ", quote(call), ": expected METHOD or METHOD,format=FORMAT"), Exit::usage);
      }
      wanted = rest.substr(separator.size());
    }
  }
  if (check) {
    if (!call.empty() && parsed.method != Method::check) {
      throw Error(cat("--check is --call=check, and there is --call=", escape(call), ", too"), Exit::usage);
    }
    parsed.method = Method::check;
  }
  parsed.format = parse_format(wanted, parsed.method);
  return parsed;
}

CallResult carry_out(const Call& call, const Options& options) {
  switch (call.method) {
    case Method::check: return check_dockerfile(call, options);
    case Method::outline: return outline(call, options);
    case Method::targets: return targets(call, options);
    case Method::parse: return parse(call, options);
    case Method::build: break;
  }
  return {};
}

}  // namespace husk::build
