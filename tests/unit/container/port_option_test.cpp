#include "libcore/container/port_option.hpp"

#include "libcore/base/error.hpp"
#include "tests/unit/container/error_of.hpp"

#include <gtest/gtest.h>
#include <functional>

using namespace husk;
using namespace husk::container;
using Words = std::vector<std::string>;

namespace {

Words choose(const Words& ports) {
  RunOptions options;
  options.ports = ports;
  return choose_ports(options, {});
}

}  // namespace

TEST(ParsePorts, ReadsEveryForm) {
  EXPECT_EQ(choose({"3000:80"}), Words{"3000:80/tcp"});
  EXPECT_EQ(choose({"127.0.0.1:3000:80/tcp"}), Words{"127.0.0.1:3000:80/tcp"});
  EXPECT_EQ(choose({"[::1]:53:5353/udp"}), Words{"[::1]:53:5353/udp"});
  EXPECT_EQ(choose({"8000-8002:80-82"}), (Words{"8000:80/tcp", "8001:81/tcp", "8002:82/tcp"}));
  EXPECT_EQ(choose({"published=1500,target=200,protocol=udp"}), Words{"1500:200/udp"});
  EXPECT_EQ(choose({"1:1", "1:1/udp"}), (Words{"1:1/tcp", "1:1/udp"}));
  const auto any = parse_ports("80");
  EXPECT_EQ(any.at(0).port.host, 0);
  EXPECT_EQ(parse_ports("127.0.0.1::80").at(0).port.address, "127.0.0.1");
  const auto some = parse_ports("8000-8005:80");
  EXPECT_EQ(some.at(0).port.host, 8000);
  EXPECT_EQ(some.at(0).last_host, 8005);
  for (const char* bad :
       {"", "x:80", "0:80", "80:0", "65536:80", "80:80/sctp", "a:80:80", "80:", "80:80/", " 80:80", "-1:80",
        "80-79:80-79", "80-90:80-81", "1.2.3:80:80", "published=1,target:2", "published=1,what=2"}) {
    EXPECT_NE(engine_error([&] { (void)parse_ports(bad); }), "") << bad;
  }
  EXPECT_NE(engine_error([] {
              (void)choose({"80:80", "80:81"});
            }).find("published twice"),
            std::string::npos);
}

TEST(ChoosePorts, FindsOnesThatAreFree) {
  const Words ports = choose({"127.0.0.1::80-82", "127.0.0.1::80/udp", "[::1]::80"});
  ASSERT_EQ(ports.size(), 5U);
  for (const std::string& port : ports) EXPECT_GT(parse_port(port).host, 1023) << port;
  EXPECT_NE(parse_port(ports.at(0)).host, parse_port(ports.at(1)).host);
  // One of a range that is not the one that is given away already.
  const int first = parse_port(choose({"127.0.0.1::80"}).at(0)).host;
  const std::string range = cat(first, "-", first + 20);
  const Words two = choose({cat("127.0.0.1:", first, ":1"), cat("127.0.0.1:", range, ":2")});
  EXPECT_EQ(parse_port(two.at(0)).host, first);
  EXPECT_GT(parse_port(two.at(1)).host, first);
}

TEST(ChoosePorts, PublishesWhatIsExposed) {
  oci::ImageConfig image;
  image.exposed_ports = {"80/tcp", "53/udp", "99/sctp"};
  RunOptions options;
  options.exposed_ports = {"7000-7001"};
  options.ports = {"3000:80"};
  EXPECT_EQ(choose_ports(options, image), Words{"3000:80/tcp"});
  options.publish_all = true;
  const Words ports = choose_ports(options, image);
  ASSERT_EQ(ports.size(), 4U);
  EXPECT_EQ(ports.at(0), "3000:80/tcp");
  EXPECT_EQ(describe_ports({"3000:80/tcp"}, list_exposed_ports(options, image)),
            "0.0.0.0:3000->80/tcp, 53/udp, 7000/tcp, 7001/tcp, 99/sctp");
  options.exposed_ports = {"x"};
  EXPECT_NE(engine_error([&] { (void)list_exposed_ports(options, image); }), "");
}
