#pragma once

#include "libcore/dockerfile/dockerfile.hpp"
#include "libcore/dockerfile/expand.hpp"
#include "libcore/oci/platform.hpp"

#include <map>
#include <string>
#include <vector>

namespace husk::build {

using dockerfile::Variables;

/// What a build runs on, and what it is for.
struct Platforms {
  oci::Platform build = oci::host_platform();
  oci::Platform target = build;
};

/// Whether NAME is one of HTTP_PROXY, https_proxy …: usable in RUN without ARG, and in no key and no history.
bool is_proxy_argument(std::string_view name);

/// TARGETPLATFORM, BUILDARCH and their like, and TARGETSTAGE.
Variables predefined_arguments(const dockerfile::Dockerfile& file, const std::string& target,
                               const Platforms& platforms);

/// What FROM sees: the values of the ARG instructions before the first one, those of --build-arg put in, and
/// the predefined ones. Throws Error with the place.
Variables global_scope(const dockerfile::Dockerfile& file, const Variables& build_arguments,
                       const Platforms& platforms, const std::string& target = "");

/// What a stage's instructions see: variables of the image, and its ARGs below them.
class Scope {
 public:
  Scope(const Variables& global, const Variables& build_arguments, char escape);

  /// The environment of the image so far ("NAME=VALUE"); a variable hides an ARG of its name.
  void set_environment(const std::vector<std::string>& environment);

  /// Declares what ARG declares. Throws SyntaxError.
  void declare(const dockerfile::Arg& arg);

  /// ARGs with a value that no variable hides, in the order of their declaration.
  std::vector<std::pair<std::string, std::string>> arguments() const;

  /// Proxies that were given with --build-arg and not declared.
  std::vector<std::pair<std::string, std::string>> proxies() const;

  /// Throws SyntaxError at the word.
  std::string expand(const dockerfile::Word& word) const;
  std::vector<std::string> expand_words(const dockerfile::Word& word) const;
  /// The body of a heredoc: quotes mean nothing there.
  std::string expand_text(const dockerfile::Word& word) const;

 private:
  Variables visible() const;
  const Variables* global_;
  const Variables* build_arguments_;
  char escape_;
  Variables environment_;
  std::vector<std::pair<std::string, std::string>> arguments_;
};

}  // namespace husk::build
