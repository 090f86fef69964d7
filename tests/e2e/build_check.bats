# shellcheck shell=bash
# What husk-build says of a Dockerfile without building it, and of its mistakes. No test needs a network.
load helpers
load build

cases=${TEST_CASES:-$BATS_TEST_DIRNAME/../../../shared/cases}
need_cases() { [[ -d $cases/buildkit ]] || skip_or_fail "no ../shared/cases"; }

setup_file() { umask 022; }

# Fails and says what is missing.
expect() { # TEXT ACTUAL
  [[ $2 == *"$1"* ]] || { printf 'no "%s" in:\n%s\n' "$1" "$2" >&2 && return 1; }
}
# The standard output is the standard input, byte for byte.
prints() { diff <(printf '%s\n' "$output") - >&2; }

@test "--call=parse says of real Dockerfiles what moby's parser says" {
  need_cases
  local file
  for file in "$cases"/dockerfile-gold/*; do
    husk-build --call=parse -f "$file" || { echo "$file" >&2 && false; }
  done > found.jsonl
  python3 - "$cases/oracle/gold.jsonl" found.jsonl <<'EOF'
import json, sys
expected, found = ({r["file"]: r for r in map(json.loads, open(name))} for name in sys.argv[1:])
wrong = [name for name in expected if found.get(name) != expected[name]]
print(len(expected), "Dockerfiles,", len(wrong), "wrong", *wrong[:5])
sys.exit(bool(wrong) or len(expected) < 300 or len(found) != len(expected))
EOF
}

@test "--call=parse --format=sexp is BuildKit's dump" {
  need_cases
  local directory count=0
  for directory in "$cases"/buildkit/parser/positive/*; do
    husk-build --call=parse --format=sexp -f "$directory/Dockerfile" | diff - "$directory/result" || { echo "$directory" >&2 && false; }
    count=$((count + 1))
  done
  [[ $count -ge 30 ]]
  for directory in "$cases"/buildkit/parser/negative/*; do
    run --separate-stderr husk-build --call=parse --format=sexp -f "$directory/Dockerfile"
    [[ $status -eq 1 && -z $output ]]
    expect "Dockerfile:" "$stderr"
  done
}

@test "errors name the line that BuildKit names" {
  need_cases
  mkdir context
  local name line count=0
  while IFS=$'\t' read -r name line; do
    [[ $name != invalidsyntax ]] || continue # a frontend that is not there: none is ever fetched
    run --separate-stderr husk-build --network=none -f "$name" context
    [[ $status -eq 1 ]]
    expect "husk-build: $name:$line:" "$stderr"
    count=$((count + 1))
  done < <(python3 - "$cases/buildkit/tables/error_lines.jsonl" <<'EOF'
import json, sys
for case in map(json.loads, open(sys.argv[1])):
    open(case["name"], "w").write(case["dockerfile"])
    print(case["name"], case["errorLine"][0], sep="\t")
EOF
  )
  [[ $count -ge 6 ]]
}

@test "all mistakes are told at once, with place, line and what was meant" {
  dockerfile <<'EOF'
FROM busybox AS 1st
RUN --mout=type=cache,target=/x true
	COPY --chmod=9 a b
ENTRYPONT ["a"]
EOF
  run --separate-stderr husk-build context
  [[ $status -eq 1 && -z $output ]]
  diff <(printf '%s\n' "$stderr") - <<'EOF'
husk-build: Dockerfile:1:17: invalid name for build stage: "1st", name can't start with a number or contain symbols
 1 | FROM busybox AS 1st
   |                 ^
Dockerfile:2:5: unknown flag: --mout (did you mean mount?)
 2 | RUN --mout=type=cache,target=/x true
   |     ^
Dockerfile:3:15: invalid chmod parameter: '9'. it should be octal string and between 0 and 07777, or like u=rwX,go=rX
 3 |  COPY --chmod=9 a b
   |               ^
Dockerfile:4:1: unknown instruction: ENTRYPONT (did you mean ENTRYPOINT?)
 4 | ENTRYPONT ["a"]
   | ^
EOF
}

@test "what variables make wrong is told before the first step, too" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox AS one
RUN touch /ran
COPY ${FILE:?is-needed} /
EXPOSE ${PORT}
FROM busybox AS unneeded
COPY ${FILE:?} /
FROM one
RUN --mount=type=cache,target=/x,mode=$MODE true
EOF
  run --separate-stderr husk-build --network=none --build-arg MODE=x context
  [[ $status -eq 1 && -z $output ]]
  diff <(printf '%s\n' "$stderr") - <<'EOF'
husk-build: warning: no ARG takes --build-arg 'MODE'
husk-build: Dockerfile:3:6: failed to process '${FILE:?is-needed}': FILE: is-needed
 3 | COPY ${FILE:?is-needed} /
   |      ^
Dockerfile:8:39: invalid value '' for mode
 8 | RUN --mount=type=cache,target=/x,mode=$MODE true
   |                                       ^
EOF
}

@test "--check prints warnings as docker does, and is exit code 1 then" {
  dockerfile <<'EOF'
FROM scratch as base
COPY a /
ENV key value
EOF
  echo a > context/.dockerignore
  run --separate-stderr husk-build --check context
  [[ $status -eq 1 && -z $stderr ]]
  prints <<'EOF'
Check complete, 4 warnings have been found!

WARNING: FromAsCasing - https://docs.docker.com/go/dockerfile/rule/from-as-casing/
'as' and 'FROM' keywords' casing do not match
Dockerfile:1
--------------------
   1 | >>> FROM scratch as base
   2 |     COPY a /
   3 |     ENV key value
--------------------

WARNING: CopyIgnoredFile - https://docs.docker.com/go/dockerfile/rule/copy-ignored-file/
Attempting to Copy file "a" that is excluded by .dockerignore
Dockerfile:2
--------------------
   1 |     FROM scratch as base
   2 | >>> COPY a /
   3 |     ENV key value
   4 |     
--------------------

WARNING: LegacyKeyValueFormat - https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/
"ENV key=value" should be used instead of legacy "ENV key value" format
Dockerfile:3
--------------------
   1 |     FROM scratch as base
   2 |     COPY a /
   3 | >>> ENV key value
   4 |     
--------------------

WARNING: SecretsUsedInArgOrEnv - https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/
Do not use ARG or ENV instructions for sensitive data (ENV "key")
Dockerfile:3
--------------------
   1 |     FROM scratch as base
   2 |     COPY a /
   3 | >>> ENV key value
   4 |     
--------------------
EOF
  run --separate-stderr husk-build --call=check,format=json context
  [[ $status -eq 1 ]]
  python3 - "$output" <<'EOF'
import base64, json, sys
check = json.loads(sys.argv[1])
assert [w["ruleName"] for w in check["warnings"]] == ["FromAsCasing", "CopyIgnoredFile", "LegacyKeyValueFormat", "SecretsUsedInArgOrEnv"]
assert [w["location"]["ranges"][0]["start"]["line"] for w in check["warnings"]] == [1, 2, 3, 3]
assert base64.b64decode(check["sources"][0]["data"]).startswith(b"FROM scratch as base\n")
assert "buildError" not in check
EOF

  printf 'FROM scratch\n' > context/Dockerfile
  run --separate-stderr husk-build --check context
  [[ $status -eq 0 && $output == "Check complete, no warnings found." ]]
  [[ ! -e $HUSK_ROOT ]] # nothing was built
}

@test "--check of a wrong Dockerfile gives the warnings and the error" {
  printf 'FROM scratch AS Base\nMAINTAINER me\nBADCMD\n' > Dockerfile
  run --separate-stderr husk-build --check --format=json .
  [[ $status -eq 1 ]]
  expect '"ruleName":"StageNameCasing"' "$output"
  expect '"ruleName":"MaintainerDeprecated"' "$output"
  expect '"buildError":{"message":"unknown instruction: BADCMD","location":{"ranges":[{"start":{"line":3},"end":{"line":3}}]}}' "$output"
  expect "husk-build: Dockerfile:3:1: unknown instruction: BADCMD" "$stderr"
}

@test "--check knows the variables of base images that are here" {
  busybox_tar | husk-import -c 'ENV WHERE=/there' busybox > /dev/null
  printf 'FROM busybox\nCOPY a $WHERE\nCOPY a $THERE\n' > Dockerfile
  run --separate-stderr husk-build --check .
  [[ $status -eq 1 && -z $stderr ]]
  expect "1 warning has been found" "$output"
  expect "Usage of undefined variable '\$THERE' (did you mean \$WHERE?)" "$output"

  sed -i 's/busybox/not-here/' Dockerfile
  run --separate-stderr husk-build --check .
  expect "2 warnings have been found" "$output"
  expect "husk-build: the image 'not-here' is not in the store: variables that it sets are not known" "$stderr"
}

@test "--call=targets and --call=outline" {
  cat > Dockerfile <<'EOF'
# version of the tool
ARG version=1
ARG unused=2
ARG tag=v${version}
# tools is what makes things
FROM scratch AS tools
# level of optimisation
ARG level=3
RUN --mount=type=secret,id=token,required --mount=type=ssh x
FROM scratch AS other
ARG no=4
FROM tools
ARG tag
COPY --from=tools / /
EOF
  run --separate-stderr husk-build --call=targets .
  [[ $status -eq 0 ]]
  prints <<'EOF'
TARGET    DESCRIPTION
tools     is what makes things
other     
(default) 
EOF
  run --separate-stderr husk-build --call=outline --build-arg level=9 .
  [[ $status -eq 0 && -z $stderr ]]
  prints <<'EOF'
BUILD ARG   VALUE   DESCRIPTION
version     1       of the tool
tag         v1      
level       9       of optimisation

SECRET   REQUIRED
token    true

SSH       REQUIRED
default   
EOF
  run --separate-stderr husk-build --call=outline,format=json --target other .
  [[ $output == '{"name":"other","args":[{"name":"no","value":"4","location":{"ranges":[{"start":{"line":11},"end":{"line":11}}]}}],"sources":["'*'"]}' ]]
  run --separate-stderr husk-build --call=targets --format=json .
  expect '{"name":"tools","description":"is what makes things","base":"scratch","location":' "$output"
  expect '{"default":true,"base":"tools","location":' "$output"
  [[ ! -e $HUSK_ROOT ]]
}

@test "a build ends with its warnings, but not with -q" {
  printf 'FROM scratch as base\nLABEL a b\nCMD x\nFROM scratch as other\n' > Dockerfile
  must_build_here --target base
  expect "husk-build: 4 warnings found (husk-build --check shows more):" "$stderr"
  expect " - LegacyKeyValueFormat: \"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format (line 2)" "$stderr"
  expect "(line 4)" "$stderr" # what a FROM says by itself is looked at in all stages
  must_build_here -q
  [[ -z $stderr ]]
}
must_build_here() {
  run --separate-stderr husk-build "$@" .
  [[ $status -eq 0 ]] || { echo "$stderr" >&2 && return 1; }
}

@test "# check=error=true fails a build before its first step, or before there is an image" {
  import_busybox
  printf '# check=error=true\nFROM busybox as base\nRUN touch /ran\n' > Dockerfile
  run --separate-stderr husk-build --network=none -t app .
  [[ $status -eq 1 && -z $output ]]
  expect "husk-build: Dockerfile:2:1: lint violation found for rules: FromAsCasing" "$stderr"
  [[ $stderr != *"RUN touch"* ]]
  [[ $(husk-images -q | wc -l) -eq 1 ]]

  run --separate-stderr husk-build --network=none --build-arg BUILDKIT_DOCKERFILE_CHECK=skip=FromAsCasing -q .
  [[ $status -eq 0 && -z $stderr ]]

  printf '# check=error=yes-please\nFROM busybox\n' > Dockerfile
  run --separate-stderr husk-build .
  [[ $status -eq 1 ]]
  expect "Dockerfile:1:1: failed to parse check options: failed to parse check option 'error=yes-please'" "$stderr"
}

@test "wrong usage is exit code 2" {
  printf 'FROM scratch\n' > Dockerfile
  local arguments
  for arguments in --call=lnit --call=check,json --call=parse,format=text --format=json "--check --call=outline" "--call=check --format=yaml"; do
    # shellcheck disable=SC2086
    run --separate-stderr husk-build $arguments .
    [[ $status -eq 2 && -z $output ]] || { echo "$arguments: $status" >&2 && false; }
  done
  run --separate-stderr husk-build --call=outline --target nowhere .
  [[ $status -eq 1 ]]
}
