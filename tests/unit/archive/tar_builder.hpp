#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

/// Writes tar streams that no sane program would write.
class TarBuilder {
 public:
  struct Header {
    std::string path;
    char type = '0';
    std::string link = {};
    std::string content = {};
    unsigned mode = 0644;
    std::string uid = "0000000";
    std::string gid = "0000000";
    unsigned major = 0;
    unsigned minor = 0;
    std::string size = {};  // in the header, if it is to lie
    long mtime = 1'000'000'000;
  };

  TarBuilder& file(std::string path, std::string content = "content") {
    return add({.path = std::move(path), .content = std::move(content)});
  }
  TarBuilder& directory(std::string path, unsigned mode = 0755) {
    return add({.path = std::move(path), .type = '5', .mode = mode});
  }
  TarBuilder& symlink(std::string path, std::string target) {
    return add({.path = std::move(path), .type = '2', .link = std::move(target)});
  }
  TarBuilder& link(std::string path, std::string target) {
    return add({.path = std::move(path), .type = '1', .link = std::move(target)});
  }
  TarBuilder& fifo(std::string path) { return add({.path = std::move(path), .type = '6'}); }

  /// A record of a pax header for the entry that follows.
  TarBuilder& pax(const std::string& key, const std::string& value) {
    const std::string rest = " " + key + "=" + value + "\n";
    std::size_t size = rest.size() + 1;
    while (std::to_string(size).size() + rest.size() != size) ++size;
    records_ += std::to_string(size) + rest;
    return *this;
  }

  TarBuilder& add(const Header& header) {
    if (!records_.empty()) {
      const std::string records = std::exchange(records_, {});
      put({.path = "pax", .type = 'x', .content = records});
    }
    put(header);
    return *this;
  }

  std::string finish() const { return bytes_ + std::string(1024, '\0'); }
  const std::string& bytes() const { return bytes_; }

 private:
  static std::string octal(std::uint64_t value, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(value));
    return text;
  }

  void put(const Header& header) {
    std::string block(512, '\0');
    const auto set = [&block](std::size_t at, std::size_t room, const std::string& text) {
      block.replace(at, std::min(room, text.size()), text.substr(0, room));
    };
    std::string path = header.path;
    if (path.size() > 100) {  // GNU's long name
      put({.path = "././@LongLink", .type = 'L', .content = path + '\0'});
      path.resize(100);
    }
    set(0, 100, path);
    set(100, 8, octal(header.mode, 7));
    set(108, 8, header.uid);
    set(116, 8, header.gid);
    set(124, 12, header.size.empty() ? octal(header.content.size(), 11) : header.size);
    set(136, 12, octal(static_cast<std::uint64_t>(header.mtime), 11));
    block[156] = header.type;
    set(157, 100, header.link);
    set(257, 8,
        std::string("ustar\0"
                    "00",
                    8));
    set(329, 8, octal(header.major, 7));
    set(337, 8, octal(header.minor, 7));
    set(148, 8, "        ");
    unsigned sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    set(148, 8, octal(sum, 6) + '\0' + ' ');
    bytes_ += block + header.content;
    bytes_.resize((bytes_.size() + 511) / 512 * 512);
  }

  std::string bytes_;
  std::string records_;
};
