#include "libcore/build/contexts.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/dockerfile_source.hpp"
#include "libcore/build/image_key.hpp"
#include "libcore/build/remote_source.hpp"
#include "libcore/oci/platform.hpp"
#include "libcore/transfer/pull.hpp"

#include <unistd.h>
#include <set>

namespace husk::build {
Contexts::Contexts(const Session& session) : session_(session) { read_main(); }

void Contexts::read_main() {
  const Options& options = session_.options;
  const ContextName& name = options.main_context;
  if (name.kind == ContextName::Kind::directory) {
    main_ = std::make_unique<Context>(session_.lease, open_context_directory(options.context),
                                      read_ignore_file(options), Context::Hashes::kept);
    if (!is_web_address(options.dockerfile)) dockerfile_ = read_dockerfile(options);
  } else {
    BroughtContext brought;
    if (name.kind == ContextName::Kind::standard_input) {
      brought = unpack_context(session_, STDIN_FILENO, "standard input");
    } else {
      session_.report(
          {.kind = Event::Kind::note, .text = cat("fetching ", escape(without_credentials(name.text)))});
      brought = bring(*name.remote);
    }
    if (brought.dockerfile) {
      dockerfile_.emplace("Dockerfile", std::move(*brought.dockerfile));
    } else if (options.dockerfile == "-") {
      dockerfile_ = read_dockerfile(options);
    } else if (!is_web_address(options.dockerfile)) {
      dockerfile_ = read_dockerfile_in(brought.root.get(), options.dockerfile);
    }
    main_ = std::make_unique<Context>(session_.lease, std::move(brought.root), dockerfile::IgnoreMatcher(),
                                      Context::Hashes::forgotten);
  }
  if (!dockerfile_) {
    BroughtContext brought = bring(RemoteSource{options.dockerfile});
    if (!brought.dockerfile) throw Error(cat(options.dockerfile, " is no Dockerfile, but an archive"));
    dockerfile_.emplace("Dockerfile", std::move(*brought.dockerfile));
  }
}

BroughtContext Contexts::bring(const RemoteSource& source) {
  BroughtContext brought = bring_context(session_, source);
  remote_[uri_of(source)] = brought.digest;
  return brought;
}

Context* Contexts::find(std::string_view name) {
  const ContextName* const source = find_context(session_.options.named_contexts, name);
  if (source == nullptr || source->kind == ContextName::Kind::image ||
      source->kind == ContextName::Kind::layout)
    return nullptr;
  auto& context = directories_[context_key(name)];
  if (context) return context.get();
  return in_context([&] { return cat("--build-context ", quote(name)); },
                    [&] {
                      if (source->kind == ContextName::Kind::directory) {
                        Fd root = open_context_directory(source->text);
                        dockerfile::IgnoreMatcher ignore = read_ignore_file_in(root.get());
                        context = std::make_unique<Context>(session_.lease, std::move(root),
                                                            std::move(ignore), Context::Hashes::kept);
                      } else {
                        BroughtContext brought = bring(*source->remote);
                        if (brought.dockerfile) throw Error(cat(escape(source->text), " is no archive"));
                        context = std::make_unique<Context>(session_.lease, std::move(brought.root),
                                                            dockerfile::IgnoreMatcher(),
                                                            Context::Hashes::forgotten);
                      }
                      return context.get();
                    });
}

void Contexts::bring(const StagePlan& plan, BaseImages& images) {
  for (const std::string& name : plan.contexts) (void)find(name);
  for (const auto& context : session_.options.named_contexts) {
    const std::string& name = context.first;  // lambdas can't have parts of a structured binding
    const ContextName& source = context.second;
    if (source.kind != ContextName::Kind::layout) continue;
    const std::set<std::string> keys(plan.images.begin(), plan.images.end());
    for (const std::string& image : keys) {
      const ImageKey key = parse_image_key(image);
      if (key.name != *image_name_of(source) || images.find(image) != nullptr) continue;
      const auto layout = transfer::parse_layout_name(cat("oci:", source.text));
      in_context([&] { return cat("--build-context ", quote(name)); },
                 [&] {
                   const store::Tag tag = transfer::pull_layout(
                       session_.lease, *layout, std::nullopt,
                       {.platform = key.platform.value_or(oci::host_platform()), .map = session_.map});
                   (void)images.add(image, tag.image_id);
                 });
    }
  }
}

void Contexts::save_hashes() {
  main_->save_hashes();
  for (const auto& [name, context] : directories_) {
    if (context) context->save_hashes();
  }
}

}  // namespace husk::build
