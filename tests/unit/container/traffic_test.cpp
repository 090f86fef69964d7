#include "libcore/container/traffic.hpp"

#include <gtest/gtest.h>

using namespace husk::container;

TEST(Traffic, OfNetworkDevicesButTheLoopback) {
  const Traffic traffic = parse_network_devices(
      "Inter-|   Receive                                                |  Transmit\n"
      " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo "
      "colls carrier "
      "compressed\n"
      "    lo:     999      10    0    0    0     0          0         0      999      10    0    0    0     "
      "0       0    "
      "      0\n"
      "  eth0:1000      10    0    0    0     0          0         0       50       3    0    0    0     0   "
      "    0        "
      "  0\n"
      "  tap0:      34       1    0    0    0     0          0         0        5       1    0    0    0     "
      "0       0    "
      "      0\n"
      "broken: 1 2\n");
  EXPECT_EQ(traffic.in, 1034U);
  EXPECT_EQ(traffic.out, 55U);
  EXPECT_EQ(parse_network_devices("").in, 0U);
}

TEST(Traffic, OfDisks) {
  const Traffic traffic = parse_process_io(
      "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: "
      "7\n");
  EXPECT_EQ(traffic.in, 4096U);
  EXPECT_EQ(traffic.out, 8192U);
  EXPECT_EQ(parse_process_io("read_bytes").in, 0U);
}
