#!/usr/bin/env bats
# husk-pull from a registry that lies (tests/helpers/evilreg): an image is whole and right, or an error is said and nothing
# of it is left; credentials are seen by nobody else.

load helpers

EVIL=$BATS_TEST_DIRNAME/../helpers/evilreg

teardown() {
  local sound=0
  [[ -z ${EVIL_PID:-} ]] || { kill "$EVIL_PID" && wait "$EVIL_PID" || true; }
  [[ ! -d $HUSK_ROOT ]] || check_store || sound=1
  check_blobs || sound=1
  remove_store
  return $sound
}

# Every blob in the store has the digest that it is named by.
check_blobs() {
  local blob
  for blob in "$HUSK_ROOT"/blobs/sha256/*; do
    [[ ! -e $blob || $(sha256sum < "$blob") == "${blob##*/} "* ]] || return 1
  done
}

evil() { # SCENARIO
  mkfifo ready
  "$EVIL" "$1" "$PWD/log" > ready 3>&- &
  EVIL_PID=$!
  read -r REGISTRY FOREIGN DIGEST < ready
}

pull() { # HUSK-PULL'S OPTIONS...
  run --separate-stderr timeout 60 husk-pull --tls-verify=false --platform linux/amd64 "$@" "$REGISTRY/me/app"
}

# An error that says WORDS; no tag, no layer, nothing unfinished.
refused() { # WORDS...
  local word
  [[ $status -eq 1 && -z $output ]]
  for word in "$@"; do [[ $stderr == *"$word"* ]] || { echo "$stderr" && return 1; }; done
  [[ -z $(find "$HUSK_ROOT/refs" -type f 2> /dev/null) ]]
  [[ -z $(ls -A "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases" 2> /dev/null | grep -v ':$') ]]
  [[ -z $(find "$HUSK_ROOT"/layers -mindepth 2 -maxdepth 2 2> /dev/null) ]]
}
accepted() { [[ $status -eq 0 && $output == sha256:* ]] || { echo "$stderr" && return 1; }; }

@test "a registry that does as it should" { evil good && pull && accepted; }

# Content that is not what its descriptor says.
@test "a blob with another digest" { evil wrong-blob && pull && refused "digest"; }
@test "a blob with other content" { evil wrong-content && pull && refused "sha256:"; }
@test "a blob that is longer" { evil longer-blob && pull && refused "larger"; }
@test "a blob that is shorter" { evil shorter-blob && pull && refused "ended after"; }
@test "a descriptor with another size" { evil wrong-size && pull && refused "larger"; }
@test "a layer with another diff id" { evil wrong-diff-id && pull && refused "diff id"; }
@test "a digest that is a path" { evil malformed-digest && pull && refused "digest"; }
@test "a manifest with another digest than was asked for" {
  evil wrong-manifest-digest
  run --separate-stderr husk-pull --tls-verify=false "$REGISTRY/me/app@$DIGEST"
  refused "instead of $DIGEST"
}

@test "an index whose manifest is another one when it is asked for" { evil child-differs && pull && refused "digest"; }
@test "a digest announced that the manifest does not have" { evil announces-other && pull && refused "as announced"; }
@test "an announced digest that is none is not looked at" { evil announces-rubbish && pull && accepted; }
@test "HEAD says something else: nobody asks" {
  evil head-differs && pull && accepted
  ! grep -q HEAD log
}
@test "another manifest the second time: the tag is read once in a pull, and by digest it stays what it was" {
  evil flips && pull && accepted
  [[ $(grep -c /manifests/latest log) -eq 1 ]]
  first=$output
  run --separate-stderr husk-pull --tls-verify=false --platform linux/amd64 "$REGISTRY/me/app@$DIGEST"
  [[ $status -eq 0 && $output == "$first" ]] # the registry sends it by digest; nothing else would be taken
  pull && accepted
  [[ $(grep -c /manifests/latest log) -eq 2 ]]
}

# Manifests that two programs could read as two images, or that are too much.
@test "layers twice in one manifest" { evil duplicate-keys && pull && refused "ambiguous"; }
@test "layers and manifests in one document" { evil ambiguous && pull && refused "ambiguous"; }
@test "a manifest sent as an index" { evil other-media-type && pull && refused "ambiguous"; }
@test "schema 1" { evil schema-1 && pull && refused "schema 1"; }
@test "501 layers" { evil too-many-layers && pull && refused "layers"; }
@test "a manifest of 5 MB" { evil giant-manifest && pull && refused "larger than"; }
@test "a manifest without end" { evil endless-manifest && pull && refused "larger than"; }
@test "100 000 brackets" { evil deep && pull && refused "nested"; }
@test "an index in an index in an index" { evil nested-index && pull && refused "nested"; }

# Connections that break.
@test "cut once: goes on where it was" {
  evil cut-once && pull && accepted
  grep -qE 'range=bytes=[1-9][0-9]*-' log
}
@test "cut once, and the range is ignored" { evil range-ignored && pull && accepted; }
@test "cut once, and another range comes" { evil range-wrong && pull && refused "range"; }
@test "cut once, and the range is of something else" { evil range-other-size && pull && refused "range"; }
@test "cut once, and a part of the range comes" { evil range-short && pull && refused "range"; }
@test "cut once, and the rest is another blob's" { evil range-differs && pull && refused "digest"; }
@test "cut each time" {
  evil always-cut && pull && refused "$REGISTRY"
  [[ $(grep -c 'GET /v2/me/app/blobs' log) -le 8 ]]
}
@test "a Content-Encoding that nobody asked for is not undone" { evil content-encoding && pull && accepted; }

# Busy registries.
@test "429 once, with Retry-After" { evil busy-once && pull && accepted; }
@test "503 for ever" {
  evil busy-for-ever && pull && refused "503"
  [[ $(grep -c manifests log) -le 6 ]]
}
@test "come back tomorrow" { evil busy-long && pull && refused "86400"; }

# Where to, and with which credentials.
@test "a redirect to another server" { evil redirect && pull && accepted; }
@test "a redirect to another server does not get the password" {
  evil redirect-basic && pull --creds me:secret && accepted
  grep -q 'registry GET .*auth=Basic' log
  grep -q 'foreign GET /blob auth=- ' log
}
@test "user and password in a redirect are not used" {
  evil redirect-userinfo && pull && accepted
  grep -q 'foreign GET /blob auth=- ' log
}
@test "a redirect in a circle" { evil redirect-loop && pull && refused "redirects too often"; }
@test "a redirect to a file" { evil redirect-file && pull && refused "no http URL"; }
@test "layers with foreign URLs" {
  evil foreign-layer && pull && refused "not found"
  ! grep -q foreign log
}
@test "a password" { evil basic && pull --creds me:secret && accepted; }
@test "a token" {
  evil bearer && pull --creds me:secret && accepted
  grep -q 'auth=Bearer good' log
}
@test "401 for ever" {
  evil endless-401 && pull --creds me:secret && refused "authentication required"
  [[ $(wc -l < log) -le 4 && $stderr != *secret* ]]
}
@test "a token server that belongs to somebody else" {
  evil foreign-realm && pull --creds me:secret && refused "refusing to send the credentials"
  ! grep -q 'foreign.*Basic' log
}
@test "a token server that is a file" { evil file-realm && pull --creds me:secret && refused "token server"; }
@test "what it says is escaped" {
  evil escapes && pull && refused 'owned'
  [[ $stderr != *$'\e'* && $stderr != *$'\r'* ]]
}
