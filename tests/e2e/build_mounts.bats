# shellcheck shell=bash
# husk-build: RUN --mount=type=bind, cache and tmpfs. No test needs a network.
load helpers
load build

context_files() {
  mkdir -p context/dir/sub context/ignored
  echo one > context/dir/one
  echo two > context/dir/sub/two
  echo secret > context/ignored/file
  echo log > context/dir/x.log
  echo top > context/top
}

@test "bind: from the context, read-only or with writes that are thrown away" {
  import_busybox
  context_files
  dockerfile <<'EOF'
FROM busybox
WORKDIR /place
ARG part=dir
RUN --mount=source=$part,target=relative cat relative/one > /got && ! touch relative/new 2>/dev/null
RUN --mount=type=bind,source=dir/sub/../one,target=/file --mount=target=/all cat /file /all/top > /both
RUN --mount=type=bind,source=/dir,target=/rw,rw echo x > /rw/one && rm -r /rw/sub && cat /rw/one > /changed
RUN --mount=type=bind,source=top,target=/rw-file,rw echo x > /rw-file && cat /rw-file > /changed-file
EOF
  must_build
  [ "$(cat context/dir/one context/top)" = $'one\ntop' ]
  [ -e context/dir/sub/two ]
  look 'cat /got /both /changed /changed-file | tr "\n" " "; ls -A /place; ls -d /rw /all /file /rw-file 2>&1 | wc -l; ls -d /rw /all /file 2>/dev/null || echo no traces'
  says "one one top x x"
  says "no traces"
}

@test "bind: what .dockerignore leaves out is not there, and in no key" {
  import_busybox
  context_files
  printf 'ignored\n**/*.log\n' > context/.dockerignore
  dockerfile <<'EOF'
FROM busybox
RUN --mount=target=/c find /c -type f | sort > /list && stat -c %a /c/dir >> /list
RUN --mount=target=/c,rw echo x > /c/ignored && ls /c/dir >> /list
RUN --mount=target=/c/d,source=dir ls /c/d >> /list
EOF
  chmod 750 context/dir
  must_build
  look 'cat /list | tr "\n" " "'
  says "/c/.dockerignore /c/Dockerfile /c/dir/one /c/dir/sub/two /c/top 750 one sub one sub"
  echo changed > context/ignored/file
  must_build
  [ "$(grep -c CACHED <<< "$stderr")" -eq 3 ]
  dockerfile <<< $'FROM busybox\nRUN --mount=source=ignored,target=/c true'
  build
  [ "$status" -eq 1 ]
  says "RUN --mount: '/ignored' not found in the build context (or left out by .dockerignore)"
}

@test "bind: from a stage and from an image, a part of it or all" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox AS source
RUN mkdir -p /out/deep && echo made > /out/deep/file && ln -s /out/deep /link && chmod 700 /out
FROM scratch AS single
COPY --from=source /out /out
FROM busybox
RUN --mount=from=source,source=/link,target=/a --mount=from=source,target=/whole cat /a/file /whole/out/deep/file > /got
RUN --mount=from=busybox,source=/etc/passwd,target=/users grep -c root /users >> /got
RUN --mount=from=single,source=out,target=/s,rw echo more >> /s/deep/file && cat /s/deep/file >> /got
RUN --mount=from=single,source=out,target=/s cat /s/deep/file >> /got
RUN --mount=from=scratch,target=/empty,rw touch /empty/x && ls /empty >> /got
EOF
  must_build
  look 'tr "\n" " " < /got'
  says "made made 1 made more made x"
  dockerfile <<< $'FROM busybox AS a\nFROM busybox\nRUN --mount=from=a,source=/nowhere,target=/x true'
  build
  [ "$status" -eq 1 ]
  says "Dockerfile:3:13: RUN --mount: '/nowhere' not found in the source of --from"
}

@test "bind: a step is made again when what it sees changes, and not for anything else" {
  import_busybox
  context_files
  dockerfile <<'EOF'
FROM busybox
RUN --mount=source=dir,target=/d cat /d/one > /got
EOF
  must_build
  echo other > context/top
  touch context/dir/one
  must_build
  says CACHED
  echo changed > context/dir/one
  must_build
  says_not CACHED
  look 'cat /got'
  says changed
}

@test "bind: nothing is mounted on /, and links of a hostile context stay in it" {
  import_busybox
  mkdir -p context
  echo Canary-5cfd > canary
  ln -s "$PWD/canary" context/out
  ln -s ../../../../../../../../../../../etc/passwd context/up
  dockerfile <<< $'FROM busybox\nRUN --mount=target=/ true'
  build
  [ "$status" -eq 1 ]
  says 'Dockerfile:2:13: invalid mount target "/"'
  local source
  for source in out up; do
    dockerfile <<< "FROM busybox
RUN --mount=source=$source,target=/x cat /x"
    build
    [ "$status" -eq 1 ]
    says_not Canary
    says "not found in the build context"
  done
}

@test "cache: kept between steps, builds and stages, and in no layer" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox AS first
ENV TYPE=cache
RUN --mount=type=cache,target=/cache echo kept >> /cache/file && stat -c '%a %u:%g' /cache
FROM first
RUN --mount=type=$TYPE,id=/cache,target=/other,ro cat /other/file > /got && ! touch /other/x 2>/dev/null
RUN --mount=type=cache,id=another,target=/cache ls /cache >> /got
EOF
  must_build
  says "755 0:0"
  look 'cat /got; ls -d /cache /other || true'
  says kept
  says "ls: /cache: No such file or directory"
  must_build --no-cache
  look 'grep -c kept /got'
  says 2
  must_build
  [ "$(grep -c CACHED <<< "$stderr")" -eq 3 ]
}

@test "cache: owner, mode, source, and what it starts with" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox AS seed
RUN mkdir -p /tree/sub && echo seed > /tree/sub/file
FROM busybox
RUN --mount=type=cache,target=/c,mode=0751 stat -c %a /c > /got
RUN --mount=type=cache,target=/c,from=seed,source=/tree cat /c/sub/file >> /got && echo changed > /c/sub/file
RUN --mount=type=cache,target=/c,from=seed,source=/tree cat /c/sub/file >> /got
RUN --mount=type=cache,target=/c mkdir /c/part && echo part > /c/part/file
RUN --mount=type=cache,id=/c,target=/p,source=part cat /p/file >> /got
EOF
  must_build
  look 'tr "\n" " " < /got'
  says "751 seed changed part"
  if has_subordinate_ids; then
    dockerfile <<< $'FROM busybox\nUSER app\nRUN --mount=type=cache,target=/c,uid=1000,gid=10 touch /c/x && stat -c "%u:%g" /c\nRUN --mount=type=cache,target=/c [ ! -e /c/x ] && ! touch /c/y'
    must_build
    says "1000:10"
  else
    dockerfile <<< $'FROM busybox\nRUN --mount=type=cache,target=/c,uid=1000,gid=10 touch /c/x'
    must_build
  fi
}

@test "cache: a link in it leads nowhere out, and an id is no path" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
RUN --mount=type=cache,id=c,target=/c ln -s /etc /c/sel
RUN --mount=type=cache,id=c,source=sel,target=/v cat /v/hostname
EOF
  build
  [ "$status" -eq 1 ]
  says "open '/sel' in what is to be mounted"
  mkdir -p "$HUSK_ROOT/cache"
  echo Canary-77 > "$HUSK_ROOT/cache/canary"
  dockerfile <<'EOF'
FROM busybox
RUN --mount=type=cache,id=../..,target=/c ls -A /c && ! grep -r Canary /c
RUN --mount=type=cache,id=/etc,target=/c ls -A /c | wc -l
EOF
  must_build
  rm "$HUSK_ROOT/cache/canary"
}

@test "cache: locked is for one at a time, private gives each its own" {
  import_busybox
  # Two stages at once: each says that it is in, and whether another one is; it stays until the other is in, too, or so
  # many tenths of a second.
  race() { # SHARING TENTHS
    dockerfile <<EOF
FROM busybox AS one
RUN --mount=type=cache,target=/c,sharing=$1 [ ! -e /c/in ] || touch /meet/both; touch /c/in /meet/one; for i in \$(seq $2); do [ -e /meet/two ] && break; sleep 0.1; done; rm /c/in
FROM busybox AS two
RUN --mount=type=cache,target=/c,sharing=$1 [ ! -e /c/in ] || touch /meet/both; touch /c/in /meet/two; for i in \$(seq $2); do [ -e /meet/one ] && break; sleep 0.1; done; rm -f /c/in
FROM busybox
COPY --from=one /etc/passwd /1
COPY --from=two /etc/passwd /2
EOF
    rm -rf meet
    mkdir meet
    must_build -j 2 --no-cache -v "$PWD/meet:/meet"
  }
  race locked 10
  [ ! -e meet/both ]
  race private 300
  [ ! -e meet/both ]
  [ "$(find "$HUSK_ROOT/cache/mounts" -maxdepth 1 -name '*-1' | wc -l)" -eq 1 ]
  dockerfile <<'EOF'
FROM busybox
RUN --mount=type=cache,id=l,target=/a,sharing=locked --mount=type=cache,id=l,target=/b touch /a/x && [ -e /b/x ]
EOF
  must_build
}

@test "tmpfs: of a size, gone afterwards" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
RUN --mount=type=tmpfs,target=/t,size=64k head -c 100000 /dev/zero > /t/x 2>/dev/null; wc -c < /t/x > /got; grep -c ' /t tmpfs' /proc/mounts >> /got
RUN --mount=type=tmpfs,target=/tmp touch /tmp/x
RUN [ ! -e /t ] && [ ! -e /tmp/x ]
EOF
  must_build
  look 'tr "\n" " " < /got'
  says "65536 1"
}

@test "what a mount needs in the image is not in the layer" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
RUN --mount=type=cache,target=/var/deep/down --mount=type=tmpfs,target=/new/dir --mount=target=/etc/ctx touch /kept
EOF
  must_build
  local layer
  layer=$(find "$HUSK_ROOT"/layers -path '*/tree/kept' -printf '%h')
  [ "$(ls -A "$layer")" = kept ]
}
