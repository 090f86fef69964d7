#include "libcore/cli/template.hpp"

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>
#include <array>

using namespace husk;
using cli::Template;

namespace {

using List = Value::List;
using Object = Value::Object;

// A little of what docker inspect tells.
Value document() {
  const List https = {Object{{"HostIp", "0.0.0.0"}, {"HostPort", "8443"}},
                      Object{{"HostIp", "::"}, {"HostPort", "8444"}}};
  return Object{
      {"Name", "/web"},
      {"Count", 3},
      {"Share", 0.5},
      {"Running", true},
      {"Paused", false},
      {"Nothing", {}},
      {"Empty", List{}},
      {"Args", List{"-c", "true"}},
      {"Labels", Object{{"b", "2"}, {"a", "1"}}},
      {"Ports", Object{{"443/tcp", https}, {"80/tcp", {}}}},
      {"Mounts", List{Object{{"Source", "/a"}, {"RW", true}}, Object{{"Source", "/b"}, {"RW", false}}}},
      {"Label", Value::Function(
                    [](const List& words) -> Value { return "label " + *words.at(0).get<std::string>(); })},
  };
}

std::string render(std::string_view text) { return Template(text).render(document()); }

std::string error_of(std::string_view text) {
  try {
    return "no error but " + render(text);
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

TEST(Template, PrintsAsGoDoes) {
  struct Case {
    std::string_view text, printed;
  };
  constexpr std::array cases = {
      Case{"", ""},
      Case{"plain", "plain"},
      Case{"{{.Name}} {{.Count}} {{.Share}} {{.Running}} {{.Nothing}}", "/web 3 0.5 true <no value>"},
      Case{"{{.Args}} {{.Labels}} {{.Empty}}", "[-c true] map[a:1 b:2] []"},
      Case{"{{json .Labels}} {{json .Name}} {{json .Nothing}}", R"({"b":"2","a":"1"} "/web" null)"},
      Case{"{{.Labels | json}}", R"({"b":"2","a":"1"})"},
      Case{"{{.Labels.a}}", "1"},
      Case{"{{index .Labels \"a\"}}{{index .Labels \"none\"}}{{index .Args 1}}", "1true"},
      Case{"{{(index (index .Ports \"443/tcp\") 0).HostPort}}", "8443"},
      Case{"{{range .Mounts}}{{.Source}},{{end}}", "/a,/b,"},
      Case{"{{range $i, $m := .Mounts}}{{if $i}};{{end}}{{$m.Source}} of {{$.Name}}{{end}}",
           "/a of /web;/b of /web"},
      Case{"{{range $port, $all := .Ports}}{{$port}}={{range $all}}{{.HostPort}} {{else}}-{{end}};{{end}}",
           "443/tcp=8443 8444 ;80/tcp=-;"},
      Case{"{{range .Mounts}}{{if not .RW}}{{continue}}{{end}}{{.Source}}{{end}}", "/a"},
      Case{"{{range .Mounts}}{{.Source}}{{break}}{{end}}", "/a"},
      Case{"{{range 3}}x{{end}}", "xxx"},
      Case{"{{if .Running}}up{{else}}down{{end}} {{if .Paused}}yes{{else if .Count}}count{{end}}",
           "up count"},
      Case{"{{with .Labels}}{{.a}}{{end}}{{with .Empty}}no{{else}}{{.Name}}{{end}}", "1/web"},
      Case{"{{$n := .Name}}{{$n}}{{range .Args}}{{$n = .}}{{end}} {{$n}}", "/web true"},
      Case{
          "{{if and .Empty (index .Empty 0)}}x{{else}}none{{end}} {{or .Nothing .Name}} {{and .Count .Name}}",
          "none /web /web"},
      Case{"{{eq .Name \"/web\"}} {{eq .Count 1 2 3}} {{ne .Name `x`}} {{lt .Count 4}} {{ge .Share 1}}",
           "true true true true false"},
      Case{"{{len .Name}} {{len .Ports}} {{.Name | len}}", "4 2 4"},
      Case{"{{slice .Name 1}} {{slice .Name 1 2}} {{truncate .Name 2}}", "web w /w"},
      Case{"{{join .Args \" \"}} {{split \"a:b\" \":\"}} {{upper .Name}} {{lower \"A\"}} {{title \"a "
           "b\"}}{{pad \"x\" 1 2}}|",
           "-c true [a b] /WEB a A B x  |"},
      Case{"{{printf \"%s-%05d %q %5.1f %-4s| %v %x %%\" .Name .Count .Name .Share \"a\" .Running 255}}",
           "/web-00003 \"/web\"   0.5 a   | true ff %"},
      Case{"{{print 1 2 \"a\" \"b\"}} {{println \"a\" 1}}", "1 2ab a 1\n"},
      Case{"a  {{- .Count -}}  \n b", "a3b"},
      Case{"a{{/* no matter \"}}\" what */}}b{{- /* more */ -}} c", "abc"},
      Case{"{{\"}}\\n\\t\\\"\"}}{{`\\n`}}{{'a'}}", "}}\n\t\"\\n97"},
      Case{"{{.Label \"x\"}} {{\"y\" | .Label}}", "label x label y"},
      Case{"{{(.Labels).a}} {{(print 1)}}", "1 1"},
  };
  for (const Case& each : cases) EXPECT_EQ(render(each.text), each.printed) << each.text;
}

TEST(Template, SaysWhatIsWrong) {
  struct Case {
    std::string_view text, message;
  };
  constexpr std::array cases = {
      Case{"{{.Name", "a \"{{\" has no \"}}\""},
      Case{"{{}}", "is empty"},
      Case{"{{.Name | }}", "is empty"},
      Case{"{{nonsense .Name}}", "there is no function 'nonsense'"},
      Case{"{{if .Name}}", "a block has no {{end}}"},
      Case{"{{end}}", "there is nothing to 'end'"},
      Case{"{{else}}", "there is nothing to 'else'"},
      Case{"{{break}}", "'break' outside of a range"},
      Case{"{{range .Args}}{{else if .Name}}{{end}}", "an {{else}} is followed by what can't be there"},
      Case{"{{(.Name}}", "a \"(\" has no \")\""},
      Case{"{{.Name)}}", "unexpected ')'"},
      Case{"{{\"a}}", "has no '\"' at its end"},
      Case{"{{\"\\z\"}}", "unknown escape"},
      Case{"{{1 2}}", "a literal takes no arguments"},
      Case{"{{1x}}", "'1x' is no number"},
      Case{"{{.Name ^}}", "unexpected '^'"},
      Case{"{{/* x}}", "a comment has no end"},
      Case{"{{.Nope}}", "there is no field '.Nope'"},
      Case{"{{.Name.Nope}}", "there is no field '.Nope'"},
      Case{"{{.Name 1}}", ".Name takes no arguments"},
      Case{"{{$x}}", "there is no variable '$x'"},
      Case{"{{index .Args 2}}", "index: index 2 is out of range: there are 2"},
      Case{"{{index .Args -1}}", "out of range"},
      Case{"{{len 3}}", "len: what has no length"},
      Case{"{{len}}", "len: takes another number of arguments than 0"},
      Case{"{{lt .Name 3}}", "lt: values of different kinds"},
      Case{"{{range .Name}}{{end}}", "range over what is neither"},
      Case{"{{printf \"%d\" .Name}}", "%d takes a whole number"},
      Case{"{{printf \"%s\"}}", "more verbs than there are arguments"},
      Case{"{{printf \"x\" 1}}", "fewer verbs"},
      Case{"{{printf \"%99999d\" 1}}", "a width in the format is above"},
      Case{"{{printf \"%y\" 1}}", "there is no '%y' in formats"},
      Case{"{{pad \"x\" 99999 0}}", "is not between 0 and"},
  };
  for (const Case& each : cases)
    EXPECT_NE(error_of(each.text).find(each.message), std::string::npos) << error_of(each.text);
}

TEST(Template, RefusesWhatIsTooDeep) {
  std::string open, close;
  for (int i = 0; i < 200; ++i) open += "(", close += ")";
  EXPECT_NE(error_of("{{" + open + "1" + close + "}}").find("parentheses are too deep"), std::string::npos);
  std::string blocks;
  for (int i = 0; i < 200; ++i) blocks += "{{if 1}}";
  EXPECT_NE(error_of(blocks).find("blocks are too deep"), std::string::npos);
}

TEST(Template, StopsBeforeItFillsTheMemory) {
  EXPECT_NE(error_of("{{range 999999}}{{range 999999}}{{printf \"%9999d\" 1}}{{end}}{{end}}")
                .find("prints too much"),
            std::string::npos);
}

TEST(Template, KnowsWhatItNames) {
  const std::set<std::string> expected = {"Args", "Labels", "Name"};
  EXPECT_EQ(Template("{{range .Args}}{{.X}}{{$.Name}}{{else}}{{index .Labels \"a\"}}{{end}}").fields(),
            expected);
  EXPECT_EQ(Template("{{json .}}").fields(), std::set<std::string>{""});
}
