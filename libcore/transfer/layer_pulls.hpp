#pragma once

#include "libcore/transfer/layer_pull.hpp"
#include "libcore/transfer/progress.hpp"

#include <deque>

namespace husk::transfer {

/// Gets layers into the store, a few at a time; the first error ends all. OF is how many layers the image has
/// for the progress that is told. The calling process has one thread.
void pull_layers(registry::Http& http, ImageSource& source, const store::Lease& lease,
                 const userns::IdMap& map, std::deque<LayerPull::Job> jobs, std::size_t of,
                 const Progress& progress);

}  // namespace husk::transfer
