#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/userns/run_in.hpp"

#include <functional>
#include <string>
#include <utility>

namespace husk::userns {

/// One user namespace for what runs there one after the other. Who joins it needs neither newuidmap(1) nor
/// newgidmap(1), which take 2 ms.
class SharedNamespace {
 public:
  explicit SharedNamespace(IdMap map) : map_(std::move(map)) {}
  SharedNamespace(const SharedNamespace&) = delete;

  /// As run_in(). The first call makes the namespace if none was adopted.
  std::string run(const std::function<std::string()>& body);

  /// Takes one with the same map if there is none yet, of a container whose processes have all ended.
  void adopt(Fd user_namespace);

 private:
  IdMap map_;
  Fd joined_;
};

}  // namespace husk::userns
