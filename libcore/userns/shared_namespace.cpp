#include "libcore/userns/shared_namespace.hpp"

namespace husk::userns {

std::string SharedNamespace::run(const std::function<std::string()>& body) {
  if (joined_) return start_in(joined_, body).wait();
  Running running = start_in(map_, body);
  joined_ = open_user_namespace(running.pid());
  return running.wait();
}

void SharedNamespace::adopt(Fd user_namespace) {
  if (!joined_) joined_ = std::move(user_namespace);
}

}  // namespace husk::userns
