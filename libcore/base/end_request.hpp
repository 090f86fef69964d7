#pragma once

#include <csignal>
#include <vector>

namespace husk {

/// While one lives, the first SIGINT, SIGTERM or SIGHUP only asks the program to end: it can tidy up what
/// lies in the store. The second one ends it at once. A signal that whoever started the program has it ignore
/// stays ignored.
class EndRequest {
 public:
  EndRequest();
  EndRequest(const EndRequest&) = delete;
  ~EndRequest();

 private:
  std::vector<int> handled_;
};

/// Throws Error "interrupted", with the exit code of a program that the signal killed, if one has come. For
/// loops that wait.
void throw_if_asked_to_end();

}  // namespace husk
