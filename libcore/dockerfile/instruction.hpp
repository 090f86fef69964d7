#pragma once

#include "libcore/dockerfile/syntax.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace husk::dockerfile {

// The instructions with their parts told apart. Words hold variables still; see expand.hpp.

struct From {
  Word image;
  std::string name = {};  // in lower case, "" without AS
  Word platform = {};
  Word as = {}, written_name = {};  // the keyword and the name as they stand there
};

struct Pair {
  Word name;
  Word value;
  bool old_form = false;  // "ENV NAME VALUE"
};

struct Env {
  std::vector<Pair> pairs;
};

struct Label {
  std::vector<Pair> pairs;
};

struct Arg {
  struct Item {
    Word name;
    std::optional<Word> value = {};
  };
  std::vector<Item> items;
};

/// A command in shell form (one word, run by the SHELL) or exec form (a JSON array).
struct Command {
  std::vector<Word> words;
  bool exec_form = false;
  std::vector<Heredoc> heredocs = {};
};

struct Run {
  Command command;
  std::vector<Word> mounts = {};   // "type=cache,target=/x", checked; see run_mount.hpp
  Word network = {};               // "default", "none" or "host"
  Word security = {};              // "sandbox" or "insecure"
  std::vector<Word> devices = {};  // "vendor/class=name,required", checked; see run_device.hpp
};

struct Cmd {
  Command command;
};

struct Entrypoint {
  Command command;
};

/// COPY and ADD.
struct Copy {
  struct Source {
    Word path;
    std::optional<Heredoc> heredoc = {};  // the file is this text; PATH its name
  };
  bool add = false;
  std::vector<Source> sources = {};
  Word destination = {};
  Word from = {}, chown = {}, chmod = {}, checksum = {};
  bool link = false, parents = false, keep_git_dir = false;
  std::optional<bool> unpack = {};
  std::vector<Word> exclude = {};
};

struct Workdir {
  Word path;
};

struct User {
  Word user;
};

struct Volume {
  std::vector<Word> paths;
};

struct Expose {
  std::vector<Word> ports;
};

struct StopSignal {
  Word signal;
};

struct Shell {
  std::vector<Word> words;
};

/// Durations in nanoseconds; 0 is "not said".
struct Health {
  std::vector<std::string> test = {};  // "NONE", or "CMD" or "CMD-SHELL" and the command
  std::int64_t interval = 0, timeout = 0, start_period = 0, start_interval = 0;
  int retries = 0;
};

struct OnBuild {
  std::string trigger;  // as the image's configuration keeps it
};

struct Maintainer {
  Word name;
};

using AnyInstruction = std::variant<From, Env, Label, Arg, Run, Cmd, Entrypoint, Copy, Workdir, User, Volume,
                                    Expose, StopSignal, Shell, Health, OnBuild, Maintainer>;

struct Instruction {
  AnyInstruction what;
  std::string keyword;  // in upper case
  Position at = {};
  int first_line = 0, last_line = 0;
  std::string original = {};               // the logical line
  std::vector<std::string> comments = {};  // the lines of comment right before it

  /// The keyword as it was written.
  std::string_view written_keyword() const { return std::string_view(original).substr(0, keyword.size()); }
};

/// Nothing if it is wrong, and DIAGNOSTICS says why: an unknown instruction or flag (with what was meant, if
/// that can be guessed), too many or too few arguments, values that can't be.
std::optional<Instruction> parse_instruction(const Node& node, Diagnostics& diagnostics);

/// Throws the first SyntaxError.
Instruction parse_instruction(const Node& node);

}  // namespace husk::dockerfile
