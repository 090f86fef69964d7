#include "libcore/build/context.hpp"

#include "libcore/build/hash_files.hpp"

namespace husk::build {

Context::Context(const store::Lease& lease, Fd root, dockerfile::IgnoreMatcher ignore, Hashes hashes)
    : lease_(&lease),
      root_(std::move(root)),
      ignore_(std::move(ignore)),
      tree_(root_.get(), ignore_.empty() ? nullptr : &ignore_),
      kept_(hashes) {}

void Context::hash(std::vector<Selection>& selections) {
  if (!hashes_) hashes_.emplace(*lease_, root_.get());
  hash_files(root_.get(), selections, &*hashes_);
}

void Context::save_hashes() {
  if (hashes_ && kept_ == Hashes::kept) hashes_->save();
}

}  // namespace husk::build
