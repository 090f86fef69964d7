# shellcheck shell=bash
# husk-build on small images of busybox. No test needs a network.
load helpers
load build

setup_file() { umask 022; }

@test "every instruction that changes the configuration" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
ENV a=1 b="two words"
ENV old form
LABEL who=me
WORKDIR /place
EXPOSE 80 53/udp
USER app
VOLUME /data
STOPSIGNAL SIGQUIT
SHELL ["/bin/sh", "-ec"]
HEALTHCHECK --interval=5s CMD true
ONBUILD RUN echo on build
ENTRYPOINT ["cat"]
CMD ["server.js"]
MAINTAINER nobody
EOF
  must_build -t app
  run config
  local part
  for part in '"a=1"' '"b=two words"' '"old=form"' '"who":"me"' '"WorkingDir":"/place"' '"80/tcp"' '"53/udp"' '"User":"app"' \
    '"/data"' '"SIGQUIT"' '"Shell":["/bin/sh","-ec"]' '"CMD-SHELL","true"' '"OnBuild":["RUN echo on build"]' \
    '"Entrypoint":["cat"]' '"Cmd":["server.js"]' '"author":"nobody"'; do
    [[ $output == *"$part"* ]] || { echo "no $part in $output" >&2 && false; }
  done
}

@test "RUN in shell and exec form, with ARG, ENV, WORKDIR and SHELL" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
ARG given=default
ARG other
ENV from_env=yes
WORKDIR /dir/sub
RUN echo "$given-$other-$from_env-$PWD-$HOME" > /result
RUN ["/bin/sh", "-c", "echo $given >> /result"]
SHELL ["/bin/busybox", "sh", "-ec"]
RUN false; echo not reached > /result || true; \
  echo x
EOF
  build --build-arg other=set
  [ "$status" -eq 1 ]
  says "Dockerfile:9:1: RUN false; echo not reached"
  says "exit code 1"
  sed -i '/^SHELL/,$d' context/Dockerfile
  must_build --build-arg other=set
  says CACHED
  look 'cat /result'
  says "default-set-yes-/dir/sub-/root
default"
}

@test "heredocs in RUN and COPY" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
ARG name=world
COPY <<hello.txt <<-"literal" /texts/
hello $name
hello.txt
	not $expanded
literal
RUN <<END
set -e
cat /texts/hello.txt > /both
cat /texts/literal >> /both
END
RUN <<SCRIPT
#!/bin/awk -f
BEGIN { print "awk" > "/awk" }
SCRIPT
RUN cat > /quoted <<EOT
a  b
EOT
EOF
  must_build
  look 'cat /both /awk /quoted; ls -la /.husk-script 2>&1 || true'
  says "hello world
not \$expanded
awk
a  b
ls: /.husk-script: No such file or directory"
}

@test "a second build takes everything from the cache and gives the same image" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
WORKDIR /app
COPY file /app
RUN cat file > copy
CMD ["cat", "copy"]
EOF
  echo content > context/file
  must_build -t app
  local first=$id
  must_build -t app
  [ "$id" = "$first" ]
  [ "$(grep -c CACHED <<< "$stderr")" -eq 3 ]
  touch context/file
  chmod 644 context/file
  must_build -t app
  [ "$id" = "$first" ]
  must_build --no-cache
  says_not CACHED
}

@test "the order decides what is made again: server.js and package.json" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
WORKDIR /app
COPY package.json /app
RUN cp package.json installed
COPY . /app
CMD ["cat", "server.js"]
EOF
  echo 1 > context/package.json
  echo 1 > context/server.js
  must_build
  echo 2 > context/server.js
  must_build
  says "COPY package.json /app  CACHED"
  says "RUN cp package.json installed  CACHED"
  says_not "COPY . /app  CACHED"
  echo 2 > context/package.json
  must_build
  says_not "COPY package.json /app  CACHED"
  says_not "RUN cp package.json installed  CACHED"
  look 'cat /app/installed /app/server.js'
  says $'2\n2'
}

@test "LABEL, EXPOSE and CMD never make a later RUN again, ENV and ARG do" {
  import_busybox
  dockerfile <<< $'FROM busybox\nLABEL a=1\nEXPOSE 1\nCMD ["a"]\nENV e=1\nARG g\nRUN echo $g > /g'
  must_build
  dockerfile <<< $'FROM busybox\nLABEL a=2\nEXPOSE 2\nCMD ["b"]\nENV e=1\nARG g\nRUN echo $g > /g'
  must_build
  says "RUN echo \$g > /g  CACHED"
  must_build --build-arg g=1
  says_not CACHED
  must_build --build-arg g=1 --build-arg HTTP_PROXY=http://127.0.0.1:1
  says CACHED
  sed -i 's/e=1/e=2/' context/Dockerfile
  must_build --build-arg g=1
  says_not CACHED
}

@test "COPY: files, directories, wildcards, links, modes" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
RUN mkdir -p /there /real && ln -s real /link && chmod 700 /there
COPY one /renamed
COPY one /made/for/it
COPY one two /both/
COPY one /there
COPY dir /there
COPY d*r/s?b/[x-z]* /wild/
COPY link-to-one /followed
COPY link-to-dir /followed-dir
COPY ["with blank", "/blank"]
COPY ../../one /clamped
COPY one /link/
COPY --chmod=600 one /mode
COPY --chmod=u=rwX,go=rX dir /modes
EOF
  mkdir -p context/dir/sub
  echo 1 > context/one
  echo 2 > context/two
  echo x > context/dir/sub/xyz
  echo b > "context/with blank"
  ln -s one context/link-to-one
  ln -s dir context/link-to-dir
  ln -s /etc/passwd context/dir/absolute
  ln context/dir/sub/xyz context/dir/hard
  chmod 751 context/two
  must_build
  look 'cd /; find renamed made both there wild followed followed-dir blank clamped real mode modes | sort | xargs stat -c "%n %a %F %u:%g"; cat renamed both/two wild/xyz followed; readlink there/absolute; stat -c %h there/hard'
  says "blank 644 regular file 0:0
both 755 directory 0:0
both/one 644 regular file 0:0
both/two 751 regular file 0:0
clamped 644 regular file 0:0
followed 644 regular file 0:0
followed-dir 755 directory 0:0
followed-dir/absolute 777 symbolic link 0:0
followed-dir/hard 644 regular file 0:0
followed-dir/sub 755 directory 0:0
followed-dir/sub/xyz 644 regular file 0:0
made 755 directory 0:0
made/for 755 directory 0:0
made/for/it 644 regular file 0:0
mode 600 regular file 0:0
modes 755 directory 0:0
modes/absolute 777 symbolic link 0:0
modes/hard 644 regular file 0:0
modes/sub 755 directory 0:0
modes/sub/xyz 644 regular file 0:0
real 755 directory 0:0
real/one 644 regular file 0:0
renamed 644 regular file 0:0
there 700 directory 0:0
there/absolute 777 symbolic link 0:0
there/hard 644 regular file 0:0
there/one 644 regular file 0:0
there/sub 755 directory 0:0
there/sub/xyz 644 regular file 0:0
wild 755 directory 0:0
wild/xyz 644 regular file 0:0
1
2
x
1
/etc/passwd
2"
}

@test "COPY --chown by name and by number" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
COPY --chown=app:wheel file /named
COPY --chown=7 file /number
COPY --chown=7:8 dir /dir
EOF
  mkdir -p context/dir
  touch context/file context/dir/file
  must_build
  if has_subordinate_ids; then
    look 'stat -c "%n %u:%g" /named /number /dir/file'
    says "/named 1000:10
/number 7:7
/dir/file 7:8"
  fi
  dockerfile <<< $'FROM busybox\nCOPY --chown=nobody-such file /x'
  build
  [ "$status" -eq 1 ]
  says "Dockerfile:2:1: COPY --chown=nobody-such file /x: --chown: the image's /etc/passwd has no user 'nobody-such'"
}

@test "COPY: errors name the place" {
  import_busybox
  touch_context() { mkdir -p context/dir && touch context/file; }
  touch_context
  check() { # DOCKERFILE-LINE MESSAGE
    printf 'FROM busybox\n%s\n' "$1" > context/Dockerfile
    build
    [ "$status" -eq 1 ]
    says "$2"
  }
  check 'COPY missing /x' "Dockerfile:2:6: COPY: 'missing' not found in the build context"
  check 'COPY *.nothing /x' "Dockerfile:2:6: COPY: '*.nothing' matches nothing"
  check 'COPY file file /x' "Dockerfile:2:16: When using COPY with more than one source file"
  check 'COPY --form=x file /x' "Dockerfile:2:6: unknown flag: --form (did you mean from?)"
  check 'COPY --from=nowhere.invalid/x file /x' "Dockerfile:2:13: --from=nowhere.invalid/x is no earlier stage"
  check 'COPY dir /bin/sh' "no directory"
  check 'COPPY file /x' "Dockerfile:2:1: unknown instruction: COPPY (did you mean COPY?)
 2 | COPPY file /x
   | ^"
  check 'COPY https://example.org/x /' "Dockerfile:2:6: source can't be a URL for COPY"
  check 'RUN exit 3' "Dockerfile:2:1: RUN exit 3: exit code 3"
  check 'ENV "' "Dockerfile:2:5: ENV must have two arguments"
  check 'USER ${x' "Dockerfile:2:6: failed to process '\${x': syntax error: missing '}'"
}

@test "what a hostile context does stays in it" {
  import_busybox
  echo Canary-5cfd > canary
  mkdir -p context
  ln -s "$PWD/canary" context/outside
  ln -s ../.. context/up
  local line
  for line in 'COPY outside /x' 'COPY up/canary /x' 'COPY ../canary /x' "COPY $PWD/canary /x"; do
    printf 'FROM busybox\n%s\n' "$line" > context/Dockerfile
    build
    [ "$status" -eq 1 ]
    says "not found in the build context"
  done
  ln -s "$PWD/canary" context/.dockerignore
  printf 'FROM busybox\nRUN true\n' > context/Dockerfile
  must_build # the link leads nowhere inside the context
  run grep -rs Canary-5cfd "$HUSK_ROOT"
  [ -z "$output" ]
  [ "$(cat canary)" = Canary-5cfd ]
}

@test "links in the image can't lead a COPY out of it" {
  import_busybox
  mkdir -p context canary
  echo evil > context/file
  dockerfile <<EOF
FROM busybox
RUN ln -s $PWD/canary /direct && ln -s ../../../../../../../..$PWD/canary /up && mkdir -p $PWD/canary
COPY file /direct/
COPY file /up/other
EOF
  must_build
  [ -z "$(ls -A canary)" ]
  look "ls $PWD/canary"
  says $'file\nother'
}

@test ".dockerignore" {
  import_busybox
  dockerfile <<< $'FROM busybox\nCOPY . /all\nRUN cd /all && find . | sort'
  mkdir -p context/{node_modules/deep,sub/node_modules,docs/keep}
  touch context/{a.md,README.md,node_modules/deep/x,sub/node_modules/y,docs/z,docs/keep/k,.hidden}
  printf '# comment\nnode_modules\n*.md\n!README.md\ndocs\n!docs/keep\n.dockerignore\nDockerfile\n' > context/.dockerignore
  must_build
  says ".
./.hidden
./README.md
./docs
./docs/keep
./docs/keep/k
./sub
./sub/node_modules
./sub/node_modules/y
"
  echo changed > context/node_modules/deep/x # what is ignored is in no key
  must_build
  says "COPY . /all  CACHED"
  dockerfile <<< $'FROM busybox\nCOPY node_modules /x'
  build
  [ "$status" -eq 1 ]
  says "not found in the build context (or left out by .dockerignore)"
  echo '*' > context/Dockerfile.dockerignore # its own one wins
  dockerfile <<< $'FROM busybox\nCOPY README.md /x'
  build
  [ "$status" -eq 1 ]
}

@test "stages: --target, --from by name, by number and from an image; unneeded ones are not built" {
  import_busybox
  dockerfile <<'EOF'
ARG base=busybox
FROM $base AS builder
RUN mkdir /out && echo built > /out/result && chmod 750 /out/result && chown 5:6 /out/result || true
FROM busybox AS never
RUN false
FROM scratch AS final
COPY --from=builder /out/result /result
COPY --from=0 /out/ /dir/
COPY --from=busybox /etc/passwd /passwd
FROM builder AS last
COPY --from=final / /copied
RUN cat /copied/result && ls /copied/dir /copied && stat -c %a /copied/result
EOF
  must_build
  local line
  for line in built /copied: dir passwd result '' /copied/dir: result 750; do says "[last 3/3] $line"$'\n'; done
  must_build --target final
  says_not "RUN cat"
  build --target nevr
  [ "$status" -eq 1 ]
  says "target stage \"nevr\" could not be found in 'Dockerfile' (did you mean never?)"
  must_build
  [ "$(grep -c CACHED <<< "$stderr")" -eq 6 ]
}

@test "ADD unpacks archives, COPY does not" {
  import_busybox
  mkdir -p context/tree/sub
  echo x > context/tree/sub/file
  tar -C context/tree -czf context/a.tar.gz .
  tar -C context/tree -cf context/a.tar .
  gzip -c context/tree/sub/file > context/plain.gz
  dockerfile <<'EOF'
FROM busybox
ADD a.tar.gz /gz
ADD a.tar /tar/
ADD plain.gz /plain.gz
COPY a.tar /copied
RUN cat /gz/sub/file /tar/sub/file && test -f /plain.gz && test -f /copied
EOF
  must_build
}

@test "ONBUILD runs in the image that is made from this one, and not again after" {
  import_busybox
  dockerfile <<< $'FROM busybox\nONBUILD RUN echo triggered >> /log\nONBUILD COPY file /copied'
  must_build -t base
  echo x > context/file
  dockerfile <<< $'FROM base\nRUN cat /log /copied'
  must_build -t child
  says $'triggered\nx'
  dockerfile <<< $'FROM child\nRUN cat /log | wc -l'
  must_build
  says 1
}

@test "deleted and replaced files, and nothing of the runtime, are in the layer" {
  import_busybox
  dockerfile <<'EOF'
FROM busybox
RUN rm /etc/group && rm -r /home && mkdir /home && echo new > /home/file && ln -sf /new /bin/[
RUN true
EOF
  must_build
  local layers=("$HUSK_ROOT"/layers/*/) count
  count=$(tr ',' '\n' < "$HUSK_ROOT/blobs/sha256/${id#sha256:}" | grep -c '"sha256:')
  [ "$count" -eq 2 ] # RUN true is no layer
  look 'ls -A /home /etc; cat /etc/group; true'
  says "file"
  says "can't open '/etc/group'"
  local name
  for name in resolv.conf hosts hostname; do
    run find "${layers[@]}" -path "*/etc/$name"
    [ -z "$output" ]
  done
}

@test "-v shows a directory of the host to every step and leaves no trace" {
  import_busybox
  mkdir shared
  echo shared > shared/file
  dockerfile <<< $'FROM busybox\nRUN cat /mnt/deep/file > /copy\nRUN touch /mnt/deep/x || echo read-only'
  must_build -v "$PWD/shared:/mnt/deep:ro"
  says read-only
  look 'cat /copy; ls /mnt 2>&1 || true'
  says "No such file or directory"
}

@test "-q, several -t, -f and standard input" {
  import_busybox
  dockerfile <<< $'FROM busybox\nRUN echo noise'
  run --separate-stderr husk-build -q --network=none -t one -t two:v1 context
  [ "$status" -eq 0 ]
  [ -z "$stderr" ]
  [[ $output == sha256:???????????????????????????????????????????????????????????????? ]]
  husk-images | grep -q '^two *v1'
  mv context/Dockerfile other
  run --separate-stderr husk-build -q --network=none -f other context
  [ "$status" -eq 0 ]
  run --separate-stderr bash -c 'husk-build -q --network=none -f - context < other'
  [ "$status" -eq 0 ]
  build
  [ "$status" -eq 1 ]
  says "no Dockerfile 'context/Dockerfile'"
  printf 'FROM busybox\nRUN echo reason; exit 4\n' > other
  run --separate-stderr husk-build -q --network=none -f other context
  [ "$status" -eq 1 ]
  says reason
  says "exit code 4"
}

@test "wrong usage is exit code 2" {
  build --nonsense
  [ "$status" -eq 2 ]
  build --network=mars
  [ "$status" -eq 2 ]
  build -t 'UPPER CASE'
  [ "$status" -eq 2 ]
  build -v relative
  [ "$status" -eq 2 ]
}

@test "the same inputs give the same image with SOURCE_DATE_EPOCH" {
  import_busybox
  dockerfile <<< $'FROM busybox\nWORKDIR /new/dir\nCOPY file sub/\nENV a=b'
  echo x > context/file
  touch -d @1600000000 context/file
  export SOURCE_DATE_EPOCH=1500000000
  must_build
  run config
  [[ $output == *'"created":"2017-07-14T02:40:00Z"'* ]]
}

@test "a failing step leaves the finished ones in the cache and nothing else" {
  import_busybox
  dockerfile <<< $'FROM busybox\nRUN echo 1 > /one\nRUN echo 2 > /two && false'
  build -t app
  [ "$status" -eq 1 ]
  [ -z "$(ls -A "$HUSK_ROOT/tmp")" ]
  run husk-images -q app
  [ -z "$output" ]
  sed -i 's/ && false//' context/Dockerfile
  must_build -t app
  says "RUN echo 1 > /one  CACHED"
}

@test "SIGTERM ends a build cleanly" {
  import_busybox
  dockerfile <<< $'FROM busybox\nRUN sleep 4714'
  husk-build --network=none context 2> log &
  local pid=$! _
  for _ in {1..100}; do
    pgrep -u "$(id -u)" -f '^sleep 4714' && break
    sleep 0.1
  done
  kill -TERM "$pid"
  local code=0
  wait "$pid" || code=$?
  cat log
  [ "$code" -ne 0 ]
  [ -z "$(ls -A "$HUSK_ROOT/tmp")" ]
  run -1 pgrep -u "$(id -u)" -f 'sleep 4714'
}
