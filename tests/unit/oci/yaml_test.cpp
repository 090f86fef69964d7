#include "libcore/oci/yaml.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>

namespace husk::oci {
namespace {

TEST(Yaml, MeansTheSameAsJson) {
  struct Case {
    const char* yaml;
    const char* json;
  };
  for (const auto& [yaml, json] : std::initializer_list<Case>{
           {"a: 1\nb: [x, 'y', \"z\"]\n", R"({"a":1,"b":["x","y","z"]})"},
           {"---\n- a\n- b: c\n  d:\n  - e\n", R"(["a",{"b":"c","d":["e"]}])"},
           {"{\"a\": {\"b\": [1, 2]}}", R"({"a":{"b":[1,2]}})"},
           {"a: true\nb: False\nc: yes\n", R"({"a":true,"b":false,"c":"yes"})"},
           {"a: ~\nb:\nc: null\nd: 'null'\n", R"({"a":null,"b":null,"c":null,"d":"null"})"},
           {"a: 0x10\nb: 0o17\nc: -3\nd: 1.5\ne: 0.6.0\nf: \"1\"\n",
            R"({"a":16,"b":15,"c":-3,"d":"1.5","e":"0.6.0","f":"1"})"},
           {"a: |\n  one\n  two\nb: >-\n  one\n  two\n", "{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\"}"},
           {"# a comment\na: b # another\n", R"({"a":"b"})"},
       }) {
    EXPECT_EQ(yaml_to_json(yaml), json) << yaml;
  }
}

TEST(Yaml, WhatIsRefused) {
  struct Case {
    std::string yaml;
    const char* reason;
  };
  const std::string deep(100, '[');
  for (const auto& [yaml, reason] : std::initializer_list<Case>{
           {"", "it is empty"},
           {"a: b\n---\nc: d\n", "several documents"},
           {"a: &x 1\nb: *x\n", "aliases are not read"},
           {"a: 1\na: 2\n", "is there twice"},
           {"[a]: 1\n", "a key that is no text"},
           {"a: [1\n", "line "},
           {"a: b: c\n", "line 1: "},
           {deep, "nested too deeply"},
       }) {
    try {
      (void)yaml_to_json(yaml);
      ADD_FAILURE() << yaml;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace husk::oci
