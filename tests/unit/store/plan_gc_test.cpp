#include "libcore/store/gc.hpp"
#include "libcore/store/inventory.hpp"
#include "temporary_store.hpp"

#include <gtest/gtest.h>

namespace husk::store {
namespace {

using Names = std::vector<std::string>;

TEST(PlanGc, KeepsWhatIsReached) {
  Inventory inventory;
  inventory.blobs = {{"manifest", 1}, {"config", 2},      {"blob1", 4},
                     {"orphan", 8},   {"old-config", 16}, {"blob9", 32}};
  inventory.layers = {{"s/l1", 100},     {"m/l1", 100},   {"s/l2", 200},
                      {"s/cached", 300}, {"s/lost", 400}, {"m/run", 500}};
  inventory.layer_blobs = {{"l1", "blob1"}, {"lost", "blob9"}, {"cached", "gone"}};
  inventory.cache = {{"k1", "cached"}, {"k2", "nowhere"}, {"k3", ""}};
  inventory.dead_leases = {"dead"};
  inventory.unborn_containers = {"half-made"};
  inventory.images = {{"app", {"manifest", "config"}, {"l1", "l2"}}};
  inventory.container_images = {"old-config"};
  inventory.container_layers = {"m/run"};
  const Garbage garbage = plan_gc(inventory);
  EXPECT_EQ(garbage.blobs, (Names{"blob9", "orphan"}));
  EXPECT_EQ(garbage.layers, (Names{"s/lost"}));
  EXPECT_EQ(garbage.layer_blobs, (Names{"cached", "lost"}));
  EXPECT_EQ(garbage.cache, (Names{"k2"}));
  EXPECT_EQ(garbage.leases, (Names{"dead"}));
  EXPECT_EQ(garbage.containers, (Names{"half-made"}));
  EXPECT_EQ(garbage.bytes, 8U + 32U + 400U);
}

TEST(PlanGc, ThrowsNothingAwayWhenSomethingCanNotBeRead) {
  Inventory inventory;
  inventory.blobs = {{"orphan", 1}};
  inventory.layers = {{"s/l1", 1}};
  inventory.dead_leases = {"dead"};
  inventory.damaged = {"refs/x"};
  const Garbage garbage = plan_gc(inventory);
  EXPECT_TRUE(garbage.blobs.empty());
  EXPECT_TRUE(garbage.layers.empty());
  EXPECT_EQ(garbage.leases, (Names{"dead"}));
}

TEST(PlanGc, OfNothingIsNothing) {
  const Garbage garbage = plan_gc({});
  EXPECT_TRUE(garbage.blobs.empty() && garbage.layers.empty() && garbage.cache.empty() &&
              garbage.leases.empty());
}

TEST(CollectGarbage, FreesAnImageThatIsGone) {
  TemporaryStore temporary;
  {
    const Lease lease(temporary.get());
    const LayerInfo kept = make_layer(lease, "kept", "1");
    const LayerInfo gone = make_layer(lease, "gone", "2");
    (void)make_image(lease, "kept", {kept.diff_id});
    (void)make_image(lease, "gone", {kept.diff_id, gone.diff_id});
    (void)remove_image(lease, "gone", Force::no);
    EXPECT_TRUE(collect_garbage(temporary.get()).layers.empty());  // somebody writes: us
    EXPECT_EQ(temporary.warnings().size(), 1U);
  }
  const Garbage garbage = collect_garbage(temporary.get());
  EXPECT_EQ(garbage.layers.size(), 1U);
  EXPECT_EQ(garbage.blobs.size(), 2U);
  EXPECT_TRUE(std::filesystem::is_empty(temporary.store_path() / "trash"));
  EXPECT_EQ(find_image(temporary.get(), "kept").size, 1U);
  EXPECT_TRUE(collect_garbage(temporary.get()).blobs.empty());
}

}  // namespace
}  // namespace husk::store
