# shellcheck shell=bash
# What the tests of husk-build share; loaded after helpers.

# shellcheck disable=SC2154 # output, stderr and status are what bats says

# Builds in the directory "context", for a minute at most; what the build says is in $output and $stderr, in $status how it ended.
build() { run --separate-stderr timeout 60 husk-build --network=none "$@" "${CONTEXT:-context}"; }

# The same, which must succeed; the image id is in $id.
must_build() {
  build "$@"
  [[ $status -eq 0 ]] || { echo "$stderr" >&2 && return 1; }
  id=$output
}

dockerfile() { mkdir -p context && cat > context/Dockerfile; }
says() { [[ $stderr == *"$1"* ]] || { printf 'no "%s" in:\n%s\n' "$1" "$stderr" >&2 && return 1; }; }
says_not() { [[ $stderr != *"$1"* ]] || { printf '"%s" in:\n%s\n' "$1" "$stderr" >&2 && return 1; }; }

# Runs a shell command on the image that was built last, as a step of a build of its own: its output is in $stderr.
look() { # COMMAND
  mkdir -p look
  printf 'FROM %s\nUSER root\nWORKDIR /\nRUN %s\n' "$id" "$1" > look/Dockerfile
  CONTEXT=look build --no-cache
  [[ $status -eq 0 ]] || { echo "$stderr" >&2 && return 1; }
}

# The image's configuration as JSON.
config() { cat "$HUSK_ROOT/blobs/sha256/${id#sha256:}"; }

# Wherever a canary turns up, raw, in hexadecimal digits or in base64; the places are files and directories.
find_canary() { # TEXT PLACE...
  local text=$1 pad form
  shift
  local -a forms=("$text" "$(printf %s "$text" | od -An -tx1 | tr -d ' \n')")
  for pad in '' x xx; do # wherever it begins in what was encoded
    form=$(printf %s "$pad$text" | base64 -w0)
    forms+=("${form:4:24}")
  done
  for form in "${forms[@]}"; do
    ! grep -rlaiFs -- "$form" "$@" || { echo "'$form' is there" >&2 && return 1; }
  done
}
