#include "libcore/store/layer_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/oci/descriptor_json.hpp"
#include "libcore/store/state_file.hpp"

#include <fcntl.h>

namespace husk::store {
namespace {

constexpr std::size_t max_info_size = 1 << 16;
constexpr std::size_t max_owners_size = std::size_t{1} << 30;

std::uint32_t parse_id(const nlohmann::json& value) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > UINT32_MAX) {
    throw Error("an owner is not a number of 32 bits");
  }
  return value.get<std::uint32_t>();
}

// File names are bytes, JSON is UTF-8: what is not ASCII goes as %XX.
std::string encode_path(const std::string& path) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '%') {
      text += c;
    } else {
      text += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return text;
}

std::string decode_path(const std::string& text) {
  const auto value = [](char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; };
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      path += static_cast<char>(value(text[i + 1]) * 16 + value(text[i + 2]));
      i += 2;
    } else {
      path += text[i];
    }
  }
  return path;
}

}  // namespace

std::string layer_directory(userns::MapKind map, const oci::Digest& diff_id) {
  return cat("layers/", userns::map_name(map), "/", diff_id.hex());
}

std::string print_layer_info(const LayerInfo& info) {
  const oci::Json json = {{"diffId", info.diff_id.str()},
                          {"tarSize", info.tar_size},
                          {"contentSize", info.content_size},
                          {"packedHere", info.packed_here},
                          {"bootId", info.boot_id}};
  return json.dump() + "\n";
}

LayerInfo parse_layer_info(std::string_view text) {
  const nlohmann::json json = oci::parse_json(text, info_name);
  const oci::JsonObject top(json, "");
  return {
      .diff_id = oci::parse_digest_member(top, "diffId"),
      .tar_size = top.size("tarSize"),
      .content_size = top.size("contentSize"),
      .packed_here = top.flag("packedHere"),
      .owners = {},
      .boot_id = top.text_or_empty("bootId"),
  };
}

std::string print_owners(const std::vector<archive::RecordedOwner>& owners) {
  oci::Json json = oci::Json::array();
  for (const auto& owner : owners) json.push_back({encode_path(owner.path), owner.uid, owner.gid});
  return json.dump() + "\n";
}

std::vector<archive::RecordedOwner> parse_owners(std::string_view text) {
  const nlohmann::json json = oci::parse_json(text, owners_name);
  std::vector<archive::RecordedOwner> owners;
  for (const auto& each : json) {
    if (!each.is_array() || each.size() != 3 || !each[0].is_string()) throw Error("owners.json is damaged");
    owners.push_back({decode_path(each[0].get<std::string>()), parse_id(each[1]), parse_id(each[2])});
  }
  return owners;
}

const std::string& boot_id() {
  static const std::string id = [] {
    const Fd file(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    if (!file) throw_errno("read the id of this boot");
    std::string text = read_all(file.get(), 256, "boot_id");
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }();
  return id;
}

LayerState layer_state(const Store& store, userns::MapKind map, const oci::Digest& diff_id) {
  const auto mark = find_state_file(store, layer_directory(map, diff_id) + "/" + boot_name, 256);
  if (!mark) {
    const Fd directory(
        ::openat(store.directory(), layer_directory(map, diff_id).c_str(), O_PATH | O_CLOEXEC));
    return directory ? LayerState::stale : LayerState::absent;
  }
  return *mark == durable_mark || *mark == boot_id() ? LayerState::usable : LayerState::stale;
}

LayerInfo read_layer_info(const Store& store, userns::MapKind map, const oci::Digest& diff_id) {
  const std::string directory = layer_directory(map, diff_id);
  return in_context([&] { return cat("layer ", diff_id.str()); },
                    [&] {
                      const auto text = find_state_file(store, directory + "/" + info_name, max_info_size);
                      if (!text) throw Error("layer.json is missing");
                      LayerInfo info = parse_layer_info(*text);
                      if (info.diff_id != diff_id) throw Error("layer.json is that of another layer");
                      const auto owners =
                          find_state_file(store, directory + "/" + owners_name, max_owners_size);
                      if (owners) info.owners = parse_owners(*owners);
                      return info;
                    });
}

}  // namespace husk::store
