#include "libcore/dockerfile/dockerfile.hpp"
#include "libcore/dockerfile/ignore_file.hpp"
#include "libcore/dockerfile/limits.hpp"

#include <gtest/gtest.h>

#include <functional>

// The language of BuildKit's dockerfile 1.26, rule by rule.

using namespace husk::dockerfile;

namespace {

struct Case {
  const char* rule;
  std::string text;
  std::string expected;  // the dump of the syntax tree, or "LINE:COLUMN: REASON"
};

std::string tree_or_error(const std::string& text) {
  Diagnostics diagnostics;
  const SyntaxTree tree = parse_syntax(text, diagnostics);
  if (diagnostics.empty()) return print_sexp(tree);
  const SyntaxError& error = diagnostics.errors().front();
  return husk::cat(error.at().line, ":", error.at().column, ": ", error.what());
}

// The first line of what a build would say.
std::string first_error(const std::string& text) {
  try {
    (void)parse_dockerfile(Source("D", text));
  } catch (const husk::Error& error) {
    const std::string message = error.what();
    return message.substr(0, message.find('\n'));
  }
  return "";
}

void check(const std::vector<Case>& cases, const std::function<std::string(const std::string&)>& function) {
  for (const Case& each : cases)
    EXPECT_EQ(function(each.text), each.expected) << each.rule << ": " << each.text;
}

}  // namespace

TEST(Language, Lines) {
  check(
      {
          {"any case, blanks before", "  \tfRoM a", "(from \"a\")\n"},
          {"comments only at the start of a line", "RUN a # b\n  # c\n#d\nUSER e # f",
           "(run \"a # b\")\n(user \"e # f\")\n"},
          {"comments inside an instruction go", "RUN a \\\n# b\n  # c\n  d", "(run \"a   d\")\n"},
          {"so do empty lines", "RUN a \\\n\n \n  b", "(run \"a   b\")\n"},
          {"byte order mark", "\xef\xbb\xbf# escape=`\nRUN a `\nb", "(run \"a b\")\n"},
          {"carriage returns", "RUN a \\\r\n b\r\n", "(run \"a  b\")\n"},
          {"longer lines than BuildKit's 64 KiB", "USER " + std::string(100'000, 'x'),
           "(user \"" + std::string(100'000, 'x') + "\")\n"},
          {"1 MiB", "USER " + std::string(max_line_size, 'x'),
           "1:1: the instruction is longer than 1048576 bytes"},
          {"1 MiB with its continuations", "USER a\\\n" + std::string(max_line_size, 'x'),
           "2:1: the instruction is longer than 1048576 bytes"},
          {"blanks behind the escape character", "RUN a \\ \t\nb", "(run \"a b\")\n"},
          {"an escaped escape character", "RUN a \\\\\nUSER b", "(run \"a \\\\\\\\\")\n(user \"b\")\n"},
          {"at the end of the file", "RUN a \\", "(run \"a\")\n"},
          {"the other one does not count", "# escape=`\nRUN a \\\nUSER b",
           "(run \"a \\\\\")\n(user \"b\")\n"},
      },
      tree_or_error);
}

TEST(Language, Directives) {
  const auto escape = [](const std::string& text) {
    Diagnostics diagnostics;
    const SyntaxTree tree = parse_syntax(text + "\nUSER a", diagnostics);
    return diagnostics.empty() ? std::string(1, tree.escape) : diagnostics.errors().front().what();
  };
  check(
      {
          {"any case, blanks around", "#  ESCAPE \t=  ` ", "`"},
          {"after others", "# syntax=a\n# check=skip=all\n# escape=`", "`"},
          {"not after a comment", "# a\n# escape=`", "\\"},
          {"nor after an unknown one", "# a=b\n# escape=`", "\\"},
          {"nor after an empty line", "\n# escape=`", "\\"},
          {"nor after an instruction", "USER a\n# escape=`", "\\"},
          {"once", "# escape=`\n# escape=`", "only one escape parser directive can be used"},
          {"once in any case", "# syntax=a\n# SYNTAX=b", "only one syntax parser directive can be used"},
          {"one of two characters", "# escape=/", "invalid escape token '/' does not match ` or \\"},
          {"with a value", "# escape=\n# escape=`", "\\"},
      },
      escape);
  EXPECT_EQ(parse_syntax("#!/bin/x\n# syntax=a b\nUSER a").syntax, "a");
}

TEST(Language, JsonForm) {
  check(
      {
          {"strings", "CMD [ \"a\", \"b c\" ]", "(cmd \"a\" \"b c\")\n"},
          {"none", "ENTRYPOINT []", "(entrypoint)\n"},
          {"escapes", "RUN [\"\\u00e9\\n\\\"\"]", "(run \"\u00e9\\n\\\"\")\n"},
          {"single quotes are no JSON", "CMD ['a']", "(cmd \"['a']\")\n"},
          {"nor is an open bracket", "CMD [\"a\"", "(cmd \"[\\\"a\\\"\")\n"},
          {"nor what follows one", "CMD [\"a\"] b", "(cmd \"[\\\"a\\\"] b\")\n"},
          {"words of COPY", "COPY [\"a b\", \"c\"]", "(copy \"a b\" \"c\")\n"},
          {"of VOLUME", "VOLUME [\"a\"]", "(volume \"a\")\n"},
          {"strings only", "CMD [\"a\", 1]",
           "1:5: when using JSON array syntax, arrays must be comprised of strings only"},
          {"not nested", "SHELL [[\"a\"]]",
           "1:7: when using JSON array syntax, arrays must be comprised of strings only"},
      },
      tree_or_error);
  EXPECT_EQ(first_error("FROM a\nSHELL a"), "D:2:1: SHELL requires the arguments to be in JSON form");
}

TEST(Language, Heredocs) {
  const auto names = [](const std::string& text) {
    Diagnostics diagnostics;
    const SyntaxTree tree = parse_syntax(text, diagnostics);
    if (!diagnostics.empty()) return std::string(diagnostics.errors().front().what());
    std::string out;
    for (const Heredoc& each : tree.instructions.front().heredocs) {
      out += husk::cat(each.name, each.expand ? "" : "'", each.fd, "=", each.chomped(), ";");
    }
    return out + std::to_string(tree.instructions.size());
  };
  check(
      {
          {"RUN", "RUN <<A\nx\nA\nUSER b", "A0=x\n;2"},
          {"COPY and ADD", "ADD <<A /\n\nA", "A0=\n;1"},
          {"without tabs", "RUN <<-A\n\t\tx\n\ty z\n\tA", "A0=x\ny z\n;1"},
          {"tabs stay otherwise", "RUN <<A\n\tx\n\tA\nA", "A0=\tx\n\tA\n;1"},
          {"quoted: nothing is replaced", "COPY <<\"A\" <<'B' /\n$x\nA\nB", "A'0=$x\n;B'0=;1"},
          {"several, with descriptors", "RUN <<A 3<<B x\na\nA\nb\nB", "A0=a\n;B3=b\n;1"},
          {"a blank before the name", "RUN << A\na\nA", "A0=a\n;1"},
          {"inside ONBUILD", "ONBUILD RUN <<A\na\nA", "A0=a\n;1"},
          {"not in JSON", "RUN [\"<<A\"]", "1"},
          {"not in others", "USER <<A\nRUN A", "2"},
          {"not in quotes", "RUN echo \"<<A\"", "1"},
          {"not with more <", "RUN cat <<<A", "1"},
          {"comments and continuations are text", "RUN <<A\n# x \\\ny\nA", "A0=# x \\\ny\n;1"},
          {"to the end", "RUN <<A\nx\n A", "unterminated heredoc 'A'"},
      },
      names);
  EXPECT_EQ(tree_or_error("RUN <<A\n" + std::string(max_heredoc_size, 'x') + "\nA\nUSER b"),
            "2:1: the heredoc is larger than 8388608 bytes");
}

TEST(Language, From) {
  check(
      {
          {"one word", "FROM a", ""},
          {"three", "FROM a as b-1.x_y", ""},
          {"lower-cased", "FROM a AS B\nFROM b", ""},
          {"not two", "FROM a b", "D:1:1: FROM requires either one or three arguments"},
          {"not another word", "FROM a is b", "D:1:1: FROM requires either one or three arguments"},
          {"not none", "FROM", "D:1:1: FROM requires either one or three arguments"},
          {"no number", "FROM a AS 1",
           "D:1:11: invalid name for build stage: \"1\", name can't start with a number or contain symbols"},
          {"no symbol", "FROM a AS b/c",
           "D:1:11: invalid name for build stage: \"b/c\", name can't start with a number or contain "
           "symbols"},
          {"first of all", "USER a\nFROM b",
           "D:1:1: no build stage in current context: FROM must come first"},
          {"or after ARG", "ARG a=1 b=$a\nFROM $b", ""},
          {"at least one", "ARG a", "D:1:1: no build stage: there is no FROM"},
          {"unknown instructions", "FROM a\nWORKDIRR /",
           "D:2:1: unknown instruction: WORKDIRR (did you mean WORKDIR?)"},
          {"and flags", "FROM --platfrm=x a", "D:1:6: unknown flag: --platfrm (did you mean platform?)"},
      },
      first_error);
}

// What every instruction takes.
TEST(Language, Instructions) {
  for (const char* right : {
           "FROM --platform=$BUILDPLATFORM a@sha256:0 AS b",
           "ARG a",
           "ARG a b=1 c=\"$b d\"",
           "ENV a=1 b=\"c d\" e=f\\ g",
           "ENV a b c",
           "RUN a && b",
           "RUN [\"a\"]",
           "RUN --mount=type=bind,target=/a,source=/b,from=c,rw x",
           "RUN --mount=type=cache,id=a,target=/b,ro,sharing=private,from=c,source=/d,mode=0755,uid=1 x",
           "RUN --mount=type=cache,target=/b,gid=2 x",
           "RUN --mount=type=tmpfs,target=/a,size=1g x",
           "RUN --mount=type=secret,id=a,target=/b,env=C,required=true,mode=0400,uid=1,gid=2 x",
           "RUN --mount=type=ssh,id=a,target=/b,required,mode=0600,uid=1,gid=2 x",
           "RUN --mount=type=cache,target=/$a,id=$b x",
           "RUN --network=default x",
           "RUN --network=none x",
           "RUN --network=host x",
           "RUN --security=insecure x",
           "RUN --security=sandbox x",
           "RUN --device=vendor.com/class=a,required x",
           "RUN <<A\nA",
           "COPY a b c/",
           "COPY [\"a b\", \"c/\"]",
           "COPY --from=b a c",
           "COPY --from=image:tag a c",
           "COPY --from=$ARG a c",
           "COPY --chown=u:g --chmod=755 a b",
           "COPY --chmod=u=rwX,go=rX a b",
           "COPY --chmod=$MODE a b",
           "COPY --link a b",
           "COPY --link=false --parents a/./b c/",
           "COPY --exclude=*.o --exclude=**/x a b",
           "ADD a.tar.gz /",
           "ADD --unpack=false a.tar /",
           ("ADD --checksum=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef "
            "https://h/a /"),
           ("ADD --checksum=0123456789abcdef0123456789abcdef01234567 --keep-git-dir=true https://h/r.git#v1:d "
            "/"),
           "ADD --link --chown=1 --chmod=600 --exclude=x a /",
           "WORKDIR a b",
           "USER a:b",
           "VOLUME /a /b",
           "VOLUME [\"/a b\"]",
           "EXPOSE 80 443/tcp 8000-8010/udp $PORT",
           "LABEL a=b \"c d\"=e",
           "LABEL a b",
           "MAINTAINER me <me@host>",
           "CMD",
           "CMD []",
           "ENTRYPOINT a",
           "ENTRYPOINT []",
           "SHELL [\"a\", \"-c\"]",
           "HEALTHCHECK NONE",
           "HEALTHCHECK --interval=1s --timeout=2s --start-period=3s --start-interval=4s --retries=5 CMD a",
           "HEALTHCHECK CMD [\"a\"]",
           "STOPSIGNAL SIGTERM",
           "STOPSIGNAL 9",
           "STOPSIGNAL $S",
           "ONBUILD COPY --from=x a b",
           "ONBUILD RUN <<A\nx\nA",
       }) {
    const std::string text = right;
    EXPECT_EQ(first_error(text.starts_with("FROM") ? text : "FROM a\n" + text), "") << right;
  }
}

TEST(Language, IgnoreFiles) {
  struct Row {
    const char* rule;
    const char* file;
    const char* path;
    bool left_out;
  };
  for (const Row& row : {
           Row{"byte order mark",
               "\xef\xbb\xbf"
               "a\n",
               "a", true},
           Row{"comments at the first column", "#a\n", "#a", false},
           Row{"and not elsewhere", " #a\n", "#a", true},
           Row{"blanks around", "  a \t\r\n", "a", true},
           Row{"cleaned", "./x/../a/\n", "a", true},
           Row{"a / in front says nothing", "/a\n", "a", true},
           Row{"empty lines", "\n \n", "a", false},
           Row{"rooted at the context", "a\n", "b/a", false},
           Row{"** for any directory", "**/a\n", "b/c/a", true},
           Row{"or none", "**/a\n", "a", true},
           Row{"** inside", "a/**/d\n", "a/b/c/d", true},
           Row{"* stops at /", "a/*\n", "a/b", true},
           Row{"* stops at /", "*.c\n", "b/a.c", false},
           Row{"?", "a?c\n", "abc", true},
           Row{"? is no /", "a?c\n", "a/c", false},
           Row{"sets", "[a-c]x\n", "bx", true},
           Row{"sets that are turned round", "[^a-c]x\n", "bx", false},
           Row{"a directory and all below", "a\n", "a/b/c", true},
           Row{"let in again", "a\n!a/b\n", "a/b", false},
           Row{"with all below", "a\n!a/b\n", "a/b/c", false},
           Row{"the last match wins", "!a\na\n", "a", true},
           Row{"blanks after !", "a\n! a\n", "a", false},
           Row{"an escape", "a\\*\n", "a*", true},
           Row{"an escape", "a\\*\n", "ab", false},
       }) {
    EXPECT_EQ(IgnoreMatcher(parse_ignore_file(row.file)).matches(row.path), row.left_out)
        << row.rule << ": " << row.path;
  }
  EXPECT_THROW(IgnoreMatcher(parse_ignore_file("!\n")), husk::Error);
  EXPECT_THROW(IgnoreMatcher(parse_ignore_file("a\n[\n")), husk::Error);
  std::string many;
  for (std::size_t i = 0; i <= max_patterns; ++i) many += "a\n";
  EXPECT_THROW((void)parse_ignore_file(many), husk::Error);
}
