#include "libcore/cli/row_format.hpp"

#include "libcore/base/error.hpp"
#include "libcore/cli/label_field.hpp"

#include <gtest/gtest.h>

using namespace husk;
using namespace husk::cli;

namespace {

const std::vector<Column> columns = {
    {"ID", "CONTAINER ID"},
    {"Names", "NAMES"},
    label_column(),
};

std::vector<Row> rows() {
  std::vector<Row> all;
  for (const std::string name : {"one", "two\""}) {
    all.push_back({"0123", name, label_cell({{"org.big-project", "of " + name}})});
  }
  return all;
}

std::string print(std::string_view format) { return RowFormat(format, columns).print(rows()); }

}  // namespace

TEST(RowFormat, PrintsALineForEachRow) {
  EXPECT_EQ(print("{{.Names}}\\t{{.ID}}"), "one\t0123\ntwo\"\t0123\n");
  EXPECT_EQ(print("{{if eq .Names \"one\"}}first{{end}}"), "first\n\n");
  EXPECT_EQ(print("json"), "{\"ID\":\"0123\",\"Names\":\"one\"}\n{\"ID\":\"0123\",\"Names\":\"two\\\"\"}\n");
  EXPECT_EQ(print("{{json .}}"), print("json"));
}

TEST(RowFormat, AlignsTables) {
  EXPECT_EQ(print("table {{.Names}}\\t{{.ID}}"), "NAMES   CONTAINER ID\none     0123\ntwo\"    0123\n");
  EXPECT_EQ(print("table {{upper .Names}}\\t{{.Label \"org.big-project\"}}{{.Label \"x\"}}"),
            "NAMES   big projectx\nONE     of one\nTWO\"    of two\"\n");
}

TEST(RowFormat, KnowsWhatIsNamed) {
  EXPECT_TRUE(RowFormat("{{.ID}}", columns).names("ID"));
  EXPECT_FALSE(RowFormat("{{.ID}}", columns).names("Names"));
  EXPECT_FALSE(RowFormat("json", columns).names("Names"));
  EXPECT_FALSE(RowFormat("{{json .}}", columns).names("Names"));
}

TEST(RowFormat, RefusesAFieldThatIsNotThere) {
  try {
    const RowFormat format("{{.ID}} {{.Nope}}", columns);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "format '{{.ID}} {{.Nope}}': there is no field '.Nope'");
    EXPECT_EQ(error.exit(), Exit::usage);
    EXPECT_EQ(error.hint(), "there are: .ID .Names .Label, and json . for all of them");
  }
  EXPECT_NO_THROW(RowFormat("{{with .ID}}{{.Nope}}{{end}}", columns));
}

TEST(FormatSize, IsAsDockerDoes) {
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_size(999), "999B");
  EXPECT_EQ(format_size(7050000), "7.05MB");
  EXPECT_EQ(format_size(999600), "1MB");
  EXPECT_EQ(format_memory(0), "0B");
  EXPECT_EQ(format_memory(1023), "1023B");
  EXPECT_EQ(format_memory(1536), "1.5KiB");
  EXPECT_EQ(format_memory(std::uint64_t{8230} << 20), "8.037GiB");
}
