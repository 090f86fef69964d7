# shellcheck shell=bash
# Where husk-build takes its files from: standard input, archives, URLs, repositories, named contexts. Servers are on the loopback.
load helpers
load build

setup_file() { umask 022; }

# Whether a step of the last build printed each of these lines, or none of them.
printed() { sed -E 's/^\[[^]]*\] //' <<< "$stderr" | grep -qxF -- "$1"; }
prints() { local line; for line in "$@"; do printed "$line" || { printf 'no line "%s" in:\n%s\n' "$line" "$stderr" >&2 && return 1; }; done; }
prints_not() { ! printed "$1"; }

# Nothing of a context is left.
nothing_left() { [[ -z $(find "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases" -mindepth 1) ]]; }

# A build whose context or Dockerfile is standard input; ARGUMENTS end with the context.
pipe_build() { run --separate-stderr husk-build --network=none "$@"; }
must_pipe_build() {
  pipe_build "$@"
  [[ $status -eq 0 ]] || { echo "$stderr" >&2 && return 1; }
  id=$output
}

# The repository "repo" with a commit of what is in "context", served at git://127.0.0.1:$PORT/repo.
git_() { git -c init.defaultBranch=main -c user.name=me -c user.email=me@localhost -c protocol.file.allow=always "$@"; }
make_repository() { # NAME DIRECTORY
  git_ init -q "$1"
  cp -r "$2"/. "$1"
  git_ -C "$1" add -A
  git_ -C "$1" commit -qm first --date=@1000000000
}
serve_repositories() {
  PORT=$(free_port)
  git daemon --reuseaddr --listen=127.0.0.1 --port="$PORT" --export-all --base-path=. . 2>/dev/null 3>&- &
  SERVER_PID=$!
  local _
  for _ in {1..100}; do git ls-remote -q "git://127.0.0.1:$PORT/repo" >/dev/null 2>&1 && return; sleep 0.1; done
  return 1
}

@test "a tar on standard input, compressed or not" {
  import_busybox
  dockerfile <<< $'FROM busybox\nCOPY . /all\nRUN cat /all/dir/file; ls -a /all'
  mkdir -p context/dir
  echo content > context/dir/file
  echo '*' > context/.dockerignore # of a directory only
  chmod 555 context/dir
  local compress
  for compress in cat 'gzip -c' 'bzip2 -c' 'xz -c' 'zstd -qc'; do
    tar -C context -cf - . | $compress > in
    must_pipe_build --no-cache - < in
    says content
    says .dockerignore
    nothing_left
  done
  chmod 755 context/dir
  must_pipe_build -f sub/Other - < <(mkdir -p context/sub && echo 'FROM busybox' > context/sub/Other && tar -C context -cf - .)
  pipe_build -f missing - < in
  [ "$status" -eq 1 ]
  says "no Dockerfile 'missing'"
  nothing_left
}

@test "a Dockerfile on standard input, alone or with a directory; a Dockerfile from a pipe" {
  import_busybox
  mkdir -p context
  echo content > context/file
  must_pipe_build - <<< $'FROM busybox\nRUN echo alone'
  says alone
  pipe_build - <<< $'FROM busybox\nCOPY file /'
  [ "$status" -eq 1 ]
  says "Dockerfile:2:6: COPY: 'file' not found in the build context"
  must_pipe_build -f - context <<< $'FROM busybox\nCOPY file /\nRUN cat /file'
  says content
  must_build -f <(sleep 0.2; printf 'FROM busybox\nCOPY file /\nRUN cat /file # again\n')
  says content
  mkdir context/sub
  printf 'FROM busybox\n' > context/sub/Inside
  must_build -f sub/Inside # in the context, if there is none here
  pipe_build -f - - <<< 'FROM busybox'
  [ "$status" -eq 2 ]
  gzip -c context/file > in
  pipe_build - < in # a compressed Dockerfile is none that has instructions
  [ "$status" -eq 1 ]
  head -c 5000 /dev/urandom > in
  pipe_build - < in
  [ "$status" -eq 1 ]
  says "standard input: it is neither a tar archive nor a Dockerfile"
  nothing_left
}

@test "a large tar is never in memory, and a build that is killed leaves nothing that the next does not remove" {
  import_busybox
  mkdir -p context
  head -c 200000000 /dev/zero > context/large
  dockerfile <<< $'FROM busybox\nRUN sleep 60'
  tar -C context -cf - . > in
  (ulimit -v 150000 && husk-build --network=none -t killed - < in >/dev/null 2>&1) &
  local pid=$! _
  for _ in {1..300}; do
    [[ -n $(find "$HUSK_ROOT/tmp" -name large -size +195000k 2>/dev/null) ]] && break
    sleep 0.1
  done
  [ -n "$(find "$HUSK_ROOT/tmp" -name large)" ]
  pkill -KILL -P "$pid" husk-build || kill -KILL "$pid"
  wait "$pid" || true
  wait_for_no_process "husk-build --network=none -t killed"
  husk-fsck --repair >/dev/null
  nothing_left
}

@test "hostile archives and links in a context that was brought here lead nowhere" {
  import_busybox
  mkdir -p canary
  echo Canary-83ac > canary/secret
  python3 - "$PWD/canary" <<'PY'
import io, sys, tarfile
def make(name, *entries):
    with tarfile.open(name, "w") as tar:
        for path, kind, value in entries:
            info = tarfile.TarInfo(path)
            info.type = kind
            data = value.encode() if kind == tarfile.REGTYPE else b""
            info.linkname = "" if data else value
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
file, link, hard = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
canary = sys.argv[1]
make("1.tar", ("Dockerfile", link, canary + "/secret"))
make("2.tar", ("d", link, canary), ("d/evil", file, "x"), ("Dockerfile", file, "FROM busybox\n"))
make("3.tar", ("../evil", file, "x"), ("Dockerfile", file, "FROM busybox\n"))
make("4.tar", ("l", hard, canary + "/secret"), ("Dockerfile", file, "FROM busybox\nCOPY l /\n"))
make("5.tar", ("l", link, canary), ("Dockerfile", file, "FROM busybox\nCOPY l/secret /\n"))
make("6.tar", ("Dockerfile", link, "../../../../../../../../../../../.." + canary + "/secret"))
PY
  local i
  for i in 1 2 3 4 5 6; do
    pipe_build - < "$i.tar"
    [ "$i" = 3 ] || [ "$status" -eq 1 ]
    [[ $stderr != *Canary* ]]
    nothing_left
  done
  [ "$(ls canary)" = secret ]
  [ ! -e evil ]
  run grep -rs Canary-83ac "$HUSK_ROOT"
  [ -z "$output" ]
}

@test "a tar or a Dockerfile at a URL" {
  import_busybox
  dockerfile <<< $'FROM busybox\nCOPY file /\nRUN cat /file'
  echo content > context/file
  mkdir -p served
  tar -C context -czf served/context.tar.gz .
  echo $'FROM busybox\nRUN echo from a URL' > served/Dockerfile
  local port
  port=$(free_port)
  start_server "$port"
  CONTEXT=http://127.0.0.1:$port/context.tar.gz must_build
  says content
  CONTEXT=http://127.0.0.1:$port/Dockerfile must_build
  says "from a URL"
  must_build -f "http://127.0.0.1:$port/Dockerfile"
  CONTEXT=http://127.0.0.1:$port/nothing build
  [ "$status" -eq 1 ]
  says "http://127.0.0.1:$port/nothing: not found"
  CONTEXT=http://me:secret@127.0.0.1:$port/x build
  [ "$status" -eq 2 ]
  says_not secret@
  nothing_left
}

@test "a repository, with a ref and a subdirectory" {
  import_busybox
  mkdir -p context/sub
  dockerfile <<< $'FROM busybox\nCOPY . /all\nRUN cd /all && ls -A && stat -c "%a %Y %n" file run'
  echo one > context/file
  echo run > context/run
  chmod 755 context/run
  chmod 600 context/file
  printf 'FROM busybox\nCOPY inside /\nRUN cat /inside\n' > context/sub/Dockerfile
  echo inside > context/sub/inside
  GIT_COMMITTER_DATE=@1000000000 make_repository repo context
  git_ -C repo tag v1
  git_ -C repo checkout -qb other
  echo two > repo/file
  git_ -C repo commit -qam two
  git_ -C repo checkout -q main
  serve_repositories
  CONTEXT=git://127.0.0.1:$PORT/repo must_build
  prints '644 1000000000 file' '755 1000000000 run'
  says_not .git
  CONTEXT=git://127.0.0.1:$PORT/repo#v1:sub must_build
  says inside
  CONTEXT="git://127.0.0.1:$PORT/repo?ref=other&subdir=sub" must_build
  CONTEXT=git://127.0.0.1:$PORT/repo#$(git -C repo rev-parse other) must_build --no-cache
  CONTEXT=git://127.0.0.1:$PORT/repo must_build --no-cache --build-arg BUILDKIT_CONTEXT_KEEP_GIT_DIR=1
  says .git
  CONTEXT=git://127.0.0.1:$PORT/repo#nothing build
  [ "$status" -eq 1 ]
  says "git://127.0.0.1:$PORT/repo has no branch, tag or commit 'nothing'"
  CONTEXT="git://127.0.0.1:$PORT/repo?checksum=1234567" build
  [ "$status" -eq 1 ]
  says "not '1234567'"
  nothing_left
}

@test "hostile repositories: links as subdirectories, options as refs, submodules that run programs, this machine's configuration" {
  import_busybox
  mkdir -p context canary
  echo Canary-77b0 > canary/Dockerfile
  dockerfile <<< 'FROM busybox'
  ln -s "$PWD/canary" context/link
  make_repository repo context
  cp -r repo ext
  printf '[submodule "x"]\n\tpath = x\n\turl = %s\n' "ext::sh -c touch% $PWD/canary/ran" > ext/.gitmodules
  git_ -C ext add .gitmodules
  git_ -C ext update-index --add --cacheinfo "160000,$(git -C ext rev-parse HEAD),x"
  git_ -C ext commit -qm ext
  cp -r repo file
  printf '[submodule "x"]\n\tpath = x\n\turl = file://'"$PWD"'/repo\n' > file/.gitmodules
  git_ -C file add .gitmodules
  git_ -C file update-index --add --cacheinfo "160000,$(git -C repo rev-parse HEAD),x"
  git_ -C file commit -qm file
  serve_repositories
  CONTEXT=git://127.0.0.1:$PORT/repo#:link build
  [ "$status" -eq 1 ]
  says_not Canary
  CONTEXT="git://127.0.0.1:$PORT/repo#--upload-pack=touch $PWD/canary/ran" build
  [ "$status" -eq 2 ]
  says "is no name of a branch, tag or commit"
  CONTEXT="ssh://-oProxyCommand=touch canary/ran/x.git" build
  [ "$status" -eq 2 ]
  local repository
  for repository in ext file; do
    CONTEXT=git://127.0.0.1:$PORT/$repository build
    [ "$status" -eq 1 ]
    says "transport '$repository' not allowed"
    CONTEXT="git://127.0.0.1:$PORT/$repository?submodules=false" must_build
  done
  # Neither hooks nor filters of the user's own configuration run.
  mkdir -p home/hooks
  printf '#!/bin/sh\ntouch %s/canary/ran\n' "$PWD" | tee home/hooks/post-checkout > home/hooks/reference-transaction
  chmod +x home/hooks/*
  printf '[core]\n\thooksPath = %s/home/hooks\n[url "/nowhere"]\n\tinsteadOf = git://\n' "$PWD" > home/.gitconfig
  HOME=$PWD/home CONTEXT=git://127.0.0.1:$PORT/repo must_build --no-cache
  [ "$(ls canary)" = Dockerfile ]
  nothing_left
}

@test "submodules" {
  import_busybox
  mkdir -p inner context
  echo inner > inner/file
  make_repository module inner
  dockerfile <<< $'FROM busybox\nCOPY . /all\nRUN cat /all/sub/file; ls -A /all/sub'
  make_repository repo context
  serve_repositories
  printf '[submodule "sub"]\n\tpath = sub\n\turl = ../module\n' > repo/.gitmodules
  git_ -C repo add .gitmodules
  git_ -C repo update-index --add --cacheinfo "160000,$(git -C module rev-parse HEAD),sub"
  git_ -C repo commit -qm sub
  CONTEXT=git://127.0.0.1:$PORT/repo must_build
  says inner
  says_not .git
}

@test "named contexts: directories, images and layouts shadow stages and images" {
  import_busybox
  dockerfile <<'EOD'
FROM busybox AS stage
RUN echo stage > /file
FROM base
COPY --from=stage /file /from-stage
COPY --from=files file .*  /files/
RUN --mount=from=files,target=/mnt cat /mnt/file /from-stage; ls -A /files
EOD
  sed -i 's/--mount=from/--mount=type=bind,from/' context/Dockerfile
  mkdir -p files stage-files
  echo files > files/file
  touch files/.ignored files/.kept
  echo .ignored > files/.dockerignore
  echo stage-files > stage-files/file
  build --build-context files=files
  [ "$status" -eq 1 ] # no base
  must_build --build-context files=files --build-context base=docker-image://busybox
  prints files stage .dockerignore .kept file
  prints_not .ignored
  must_build --build-context files=files --build-context BASE=docker-image://busybox --build-context stage=stage-files
  prints files stage-files
  says_not 'RUN echo stage'
  husk-push -q busybox oci:layout:v1 >/dev/null
  must_build --build-context files=files --build-context base=oci-layout://layout:v1
  says 'FROM base'
  dockerfile <<< $'ARG x=files\nFROM base\nARG x\nCOPY --from=$x file /\nRUN cat /file'
  must_build --build-arg x=other --build-context other=stage-files --build-context base=docker-image://docker.io/library/busybox:latest
  says stage-files
  dockerfile <<< 'FROM busybox'
  must_build --build-context unused=docker-image://nowhere.invalid/x --build-context other=nowhere # nobody looks
  build --build-context files
  [ "$status" -eq 2 ]
}

@test "FROM of a named directory: its files on scratch, without what its ignore file leaves out" {
  import_busybox
  mkdir -p root/sub
  busybox_tar | tar -xf - -C root
  printf 'out\n' > root/.dockerignore
  touch root/out root/sub/in
  chmod 4751 root/sub/in
  touch -d @1000000000 root/sub/in
  dockerfile <<EOD
FROM root AS stage
RUN stat -c '%a %u:%g %Y %n' /sub/in; ls /; pwd
FROM stage
ENV a=b
EOD
  must_build --build-context root=root
  prints '4751 0:0 1000000000 /sub/in' sub /
  says '[stage 2/3] COPY --from=root . /'
  prints_not out
  config | grep -qF '"Env":["a=b"]' || config | grep -q '"a=b"'
  must_build --build-context root=root
  says '2 steps cached, 0 ran'
  echo new > root/new
  must_build --build-context root=root
  says '0 steps cached, 2 ran'
  mkdir empty
  dockerfile <<< $'FROM void\nCOPY --from=root /sub /'
  must_build --build-context root=root --build-context void=empty
  build --build-context root=root --build-context void=nowhere
  [ "$status" -eq 1 ]
  says "--build-context 'void': open the build context 'nowhere': No such file or directory"
  nothing_left
}

@test "--check and --call know named contexts, and contexts that are no directory" {
  import_busybox
  mkdir -p root served
  dockerfile <<< $'FROM busybox AS shell\nFROM root\nENV x=$nothing\nFROM image\nENV y=$also'
  run --separate-stderr husk-build --check --build-context root=root --build-context image=docker-image://busybox context
  [ "$status" -eq 1 ]
  [[ $output == *"Usage of undefined variable '\$nothing'"* && $output == *"Usage of undefined variable '\$also'"* ]]
  [ -z "$stderr" ] # all images are known
  # The stage of that name is not the one that is meant.
  run --separate-stderr husk-build --call=outline --build-context shell=docker-image://nowhere.invalid/x --target shell context
  [ "$status" -eq 0 ]
  tar -C context -cf in .
  local call
  for call in check targets outline parse; do
    husk-build --call=$call context > expected || true
    husk-build --call=$call - < in > got || true
    cmp expected got
    husk-build --call=$call - < context/Dockerfile > got || true
    cmp expected got
  done
  make_repository repo context
  serve_repositories
  husk-build --call=targets "git://127.0.0.1:$PORT/repo" > got
  husk-build --call=targets context > expected
  cmp expected got
  run --separate-stderr husk-build --check "git://127.0.0.1:$PORT/repo#nothing"
  [ "$status" -eq 1 ]
  says "has no branch, tag or commit 'nothing'"
  stop_server
  cp in served/in.tar
  PORT=$(free_port)
  start_server "$PORT"
  husk-build --call=targets "http://127.0.0.1:$PORT/in.tar" > got
  cmp expected got
  husk-build --call=targets -f "http://127.0.0.1:$PORT/in.tar" context && return 1
  cp context/Dockerfile served/
  husk-build --call=targets -f "http://127.0.0.1:$PORT/Dockerfile" context > got
  cmp expected got
  nothing_left
}

@test "a named context can be a repository or an archive" {
  import_busybox
  mkdir -p context inner served
  echo inner > inner/file
  make_repository repo inner
  serve_repositories
  dockerfile <<< $'FROM busybox\nCOPY --from=code file /\nRUN cat /file'
  must_build --build-context code=git://127.0.0.1:$PORT/repo
  says inner
  stop_server
  local port
  port=$(free_port)
  tar -C inner -cJf served/inner.tar.xz .
  start_server "$port"
  must_build --no-cache --build-context "code=http://127.0.0.1:$port/inner.tar.xz"
  says inner
  nothing_left
}

@test "<Dockerfile>.dockerignore is the first, .containerignore the second, and what they leave out is in no key" {
  import_busybox
  mkdir -p context
  touch context/{a,b,c}
  echo a > context/.dockerignore
  dockerfile <<< $'FROM busybox\nCOPY . /all\nRUN ls /all'
  must_build
  prints Dockerfile b c
  prints_not a
  echo b > context/.containerignore
  must_build
  prints Dockerfile a c
  prints_not b
  echo c > context/Dockerfile.dockerignore
  must_build
  prints a b
  prints_not c
  echo changed > context/c
  must_build
  says "COPY . /all  CACHED"
}
