#include "libcore/container/run_options.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/runtime/host_entry.hpp"

#include <algorithm>
#include <charconv>

namespace husk::container {
namespace {

[[noreturn]] void throw_usage(std::string message, std::string hint = {}) {
  Error error(std::move(message), Exit::engine);
  error.set_hint(std::move(hint));
  throw error;
}

// An Error of BODY says which option it is about.
template <class Body>
auto in_usage(std::string_view option, Body&& body) {
  try {
    return body();
  } catch (Error& error) {
    error.add_context(option);
    error.set_exit(Exit::engine);
    throw;
  }
}

std::uint16_t parse_port_number(std::string_view text, std::string_view whole) {
  std::uint16_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value == 0) {
    throw_usage(cat("published port ", quote(whole), ": ", quote(text), " is not a port from 1 to 65535"),
                "it is [ADDRESS:]HOST-PORT:CONTAINER-PORT[/udp]");
  }
  return value;
}

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find('=')); }

}  // namespace

runtime::Network parse_network(std::string_view text) {
  if (text == "host") return runtime::Network::host;
  if (text == "none") return runtime::Network::none;
  if (text == "private") return runtime::Network::private_network;
  throw_usage(cat("--network ", quote(text), ": host, none and private are known"));
}

runtime::PublishedPort parse_port(std::string_view text) {
  runtime::PublishedPort port;
  std::string_view rest = text;
  if (const auto slash = rest.rfind('/'); slash != std::string_view::npos) {
    const std::string_view protocol = rest.substr(slash + 1);
    if (protocol != "tcp" && protocol != "udp") {
      throw_usage(
          cat("published port ", quote(text), ": protocol ", quote(protocol), " is neither tcp nor udp"));
    }
    port.udp = protocol == "udp";
    rest = rest.substr(0, slash);
  }
  const auto last = rest.rfind(':');
  if (last == std::string_view::npos) {
    throw_usage(cat("published port ", quote(text), " names one port only"),
                cat("name that of the host, too: -p 8080:", escape(text)));
  }
  port.container = parse_port_number(rest.substr(last + 1), text);
  rest = rest.substr(0, last);
  const auto middle = rest.rfind(':');
  if (middle != std::string_view::npos) {
    std::string_view address = rest.substr(0, middle);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    if (!runtime::is_address(std::string(address))) {
      throw_usage(cat("published port ", quote(text), ": ", quote(address), " is not an IP address"));
    }
    port.address = address;
    rest = rest.substr(middle + 1);
  }
  port.host = parse_port_number(rest, text);
  return port;
}

std::string container_port(const runtime::PublishedPort& port) {
  return cat(port.container, port.udp ? "/udp" : "/tcp");
}

std::string host_place(const runtime::PublishedPort& port) {
  const bool is_v6 = port.address.find(':') != std::string::npos;
  return cat(is_v6 ? "[" : "", port.address.empty() ? "0.0.0.0" : port.address, is_v6 ? "]:" : ":", port.host);
}

std::string print_port(const runtime::PublishedPort& port) {
  return cat(host_place(port), "->", container_port(port));
}

std::vector<std::string> merge_command(const oci::ImageConfig& image, const RunOptions& options) {
  std::vector<std::string> command;
  if (options.entrypoint) {
    if (!options.entrypoint->empty()) command.push_back(*options.entrypoint);
  } else if (image.entrypoint) {
    command = *image.entrypoint;
  }
  if (const auto given = options.command(); !given.empty()) {
    command.insert(command.end(), given.begin(), given.end());
  } else if (!options.entrypoint && image.cmd) {
    command.insert(command.end(), image.cmd->begin(), image.cmd->end());
  }
  if (command.empty()) {
    throw_usage(cat("image ", quote(options.image()), " names no command"), "give one after the image");
  }
  return command;
}

std::size_t count_entrypoint(const oci::ImageConfig& image, const RunOptions& options) {
  if (options.entrypoint) return options.entrypoint->empty() ? 0 : 1;
  return image.entrypoint ? image.entrypoint->size() : 0;
}

std::vector<std::string> collect_environment(const std::vector<std::string>& files,
                                             const std::vector<std::string>& entries) {
  std::vector<std::string> all;
  for (const std::string& file : files) {
    for (std::string& entry : in_usage("--env-file", [&] { return read_key_values(file, find_environment); }))
      all.push_back(std::move(entry));
  }
  all.insert(all.end(), entries.begin(), entries.end());
  return all;
}

std::map<std::string, std::string> merge_labels(const std::map<std::string, std::string>& image,
                                                const RunOptions& options) {
  std::vector<std::string> all;
  for (const std::string& file : options.label_files) {
    for (std::string& label : in_usage("--label-file", [&] { return read_key_values(file, {}); }))
      all.push_back(std::move(label));
  }
  all.insert(all.end(), options.labels.begin(), options.labels.end());
  std::map<std::string, std::string> labels = image;
  for (const std::string& label : all) in_usage("--label", [&] { add_label(labels, label); });
  return labels;
}

std::vector<std::string> merge_environment(const std::vector<std::string>& image,
                                           const std::vector<std::string>& user, const LookUp& look_up) {
  std::vector<std::string> merged;
  const auto remove = [&](std::string_view name) {
    std::erase_if(merged, [&](const std::string& entry) { return name_of(entry) == name; });
  };
  for (const std::string& entry : image) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos || equals == 0 || entry.find('\0') != std::string::npos) continue;
    remove(name_of(entry));
    merged.push_back(entry);
  }
  for (const std::string& entry : user) {
    const std::string name(name_of(entry));
    if (name.empty()) throw_usage(cat("invalid environment variable: ", escape(entry)));
    remove(name);
    if (name.size() < entry.size()) {
      merged.push_back(entry);
    } else if (const auto value = look_up(name.c_str())) {
      merged.push_back(cat(name, "=", *value));
    }
  }
  return merged;
}

}  // namespace husk::container
