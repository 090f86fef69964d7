#include "libcore/store/layers.hpp"

#include "libcore/base/sha256.hpp"
#include "libcore/store/layer_unpacker.hpp"
#include "temporary_store.hpp"

#include <gtest/gtest.h>

namespace husk::store {
namespace {

std::string layer_tar(const Store& store, const oci::Digest& diff_id) {
  std::string tar;
  write_layer_tar(store, diff_id, [&](std::span<const std::byte> bytes) { tar += as_text(bytes); });
  return tar;
}

Fd file_with(const std::string& content) {
  Fd file(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  write_all(file.get(), content, "file");
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

TEST(PendingLayer, IsThereAfterCommitOnly) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const userns::IdMap map = single_map();
  userns::SharedNamespace user_namespace(map);
  PendingLayer pending(lease, map);
  std::ofstream(pending.tree() / "file") << "hello";
  const LayerInfo info = pending.measure({}, user_namespace);
  EXPECT_EQ(info.content_size, 5U);
  EXPECT_TRUE(info.packed_here);
  EXPECT_FALSE(find_layer(temporary.get(), userns::MapKind::single, info.diff_id));
  const auto path = pending.commit(info);
  EXPECT_EQ(find_layer(temporary.get(), userns::MapKind::single, info.diff_id), path);
  EXPECT_TRUE(std::filesystem::exists(path / "file"));
  EXPECT_FALSE(find_layer(temporary.get(), userns::MapKind::subordinate, info.diff_id));
  EXPECT_EQ(find_layer_info(temporary.get(), userns::MapKind::single, info.diff_id)->tar_size, info.tar_size);
}

TEST(PendingLayer, TheSameTwiceIsOne) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const LayerInfo first = make_layer(lease, "file", "x");
  std::filesystem::last_write_time(
      *find_layer(temporary.get(), userns::MapKind::single, first.diff_id) / "file", {});
  EXPECT_FALSE(layer_tar(temporary.get(), make_layer(lease, "other", "x").diff_id).empty());
}

TEST(UnpackLayer, ChecksTheDiffId) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const LayerInfo made = make_layer(lease, "file", "hello");
  const std::string tar = layer_tar(temporary.get(), made.diff_id);
  EXPECT_EQ(sha256_hex(as_bytes(tar)), made.diff_id.hex());

  const oci::Digest wrong = oci::digest_of(as_bytes("something else"));
  const std::string said =
      refusal([&] { (void)unpack_layer(lease, single_map(), file_with(tar).get(), wrong); });
  EXPECT_NE(said.find("layer " + wrong.str() + ": its content has diff id " + made.diff_id.str()),
            std::string::npos)
      << said;
  EXPECT_FALSE(find_layer(temporary.get(), userns::MapKind::single, wrong));

  // Without an expectation the layer is named after its tree; this tree gives the same tar.
  EXPECT_EQ(unpack_layer(lease, single_map(), file_with(tar).get(), std::nullopt).diff_id, made.diff_id);
  EXPECT_TRUE(std::filesystem::is_empty(lease.tmp_path()));
}

// The child must not hold the other end of its own pipe.
TEST(LayerUnpacker, ReadsFromAPipe) {
  TemporaryStore source;
  const Lease source_lease(source.get());
  const LayerInfo made = make_layer(source_lease, "file", "hello");
  const std::string tar = layer_tar(source.get(), made.diff_id);

  TemporaryStore temporary;
  const Lease lease(temporary.get());
  Pipe pipe = make_pipe();
  Pipe other = make_pipe();
  LayerUnpacker unpacker(lease, single_map(), pipe.read_end.get(), made.diff_id);
  LayerUnpacker second(lease, single_map(), other.read_end.get(), made.diff_id);
  pipe.read_end.reset();
  other.read_end.reset();
  EXPECT_TRUE(unpacker.wants_input());
  write_all(pipe.write_end.get(), tar, "pipe");
  pipe.write_end.reset();
  EXPECT_EQ(unpacker.wait().diff_id, made.diff_id);
  write_all(other.write_end.get(), tar, "pipe");
  other.write_end.reset();
  EXPECT_EQ(second.wait().diff_id, made.diff_id);  // there already: dropped
  EXPECT_FALSE(LayerUnpacker(lease, single_map(), -1, made.diff_id).wants_input());
}

TEST(LayerUnpacker, AStreamThatEndsEarlyIsAnError) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const LayerInfo made = make_layer(lease, "file", std::string(100'000, 'x'));
  const std::string tar = layer_tar(temporary.get(), made.diff_id);
  EXPECT_NE(refusal([&] {
              (void)unpack_layer(lease, single_map(), file_with(tar.substr(0, 2000)).get(), std::nullopt);
            }),
            "");
  EXPECT_TRUE(std::filesystem::is_empty(lease.tmp_path()));
}

// After a power failure the tree may have holes: it counts only when somebody has looked.
TEST(Layers, FromBeforeTheLastBootAreCheckedFirst) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const LayerInfo made = make_layer(lease, "file", "hello");
  const auto tree = *find_layer(temporary.get(), userns::MapKind::single, made.diff_id);
  const auto boot = tree.parent_path() / "boot";
  std::ofstream(boot) << "another boot";
  EXPECT_FALSE(find_layer(temporary.get(), userns::MapKind::single, made.diff_id));
  ensure_layers(lease, single_map(), {made.diff_id});
  EXPECT_TRUE(find_layer(temporary.get(), userns::MapKind::single, made.diff_id));

  std::ofstream(boot) << "another boot";
  std::ofstream(tree / "file") << "";
  EXPECT_NE(refusal([&] { ensure_layers(lease, single_map(), {made.diff_id}); }).find("is missing"),
            std::string::npos);

  // With a blob it is made anew and takes the place of the damaged one.
}

TEST(Layers, AreMadeAnewFromTheirBlob) {
  TemporaryStore temporary;
  const Lease lease(temporary.get());
  const LayerInfo made = make_layer(lease, "file", "hello");
  const oci::Descriptor blob =
      write_blob(lease, layer_tar(temporary.get(), made.diff_id), oci::media_type::layer_tar);
  remember_layer_blob(lease, made.diff_id, blob);
  const auto tree = *find_layer(temporary.get(), userns::MapKind::single, made.diff_id);
  std::ofstream(tree.parent_path() / "boot") << "";
  std::ofstream(tree / "file") << "";
  ensure_layers(lease, single_map(), {made.diff_id});
  EXPECT_EQ(std::filesystem::file_size(tree / "file"), 5U);
  EXPECT_TRUE(find_layer(temporary.get(), userns::MapKind::single, made.diff_id));
}

}  // namespace
}  // namespace husk::store
