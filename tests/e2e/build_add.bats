# shellcheck shell=bash
# ADD of URLs and repositories. Servers are on the loopback.
load helpers
load build

setup_file() { umask 022; }

# Serves "served" with a log of what was asked for, and answers what its file "answers" says of a path: a JSON object
# {"/path": {"status": 200, "headers": {…}, "body": "…" or "file": "…", "authorization": "…"}}.
serve() {
  PORT=$(free_port)
  mkdir -p served
  [[ -e answers ]] || echo '{}' > answers
  python3 - "$PORT" > served.log 2>&1 3>&- <<'PY' &
import http.server, json, sys, time
class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *a): super().__init__(*a, directory="served")
    def log_message(self, *a): pass
    def answer(self):
        print(self.command, self.path, flush=True)
        said = json.load(open("answers")).get(self.path)
        if said is None: return False
        if "authorization" in said and self.headers.get("Authorization") != said["authorization"]:
            self.send_response(401); self.end_headers(); return True
        body = open("served/" + said["file"], "rb").read() if "file" in said else said.get("body", "").encode()
        self.send_response(said.get("status", 200))
        headers = {"Content-Length": str(len(body)), **said.get("headers", {})}
        for name, value in headers.items(): self.send_header(name, value)
        self.end_headers()
        if self.command == "GET": self.wfile.write(body)
        if "slow" in said: self.wfile.flush(); print("waiting", flush=True); time.sleep(said["slow"])
        return True
    def do_GET(self): self.answer() or super().do_GET()
    def do_HEAD(self): self.answer() or super().do_HEAD()
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
PY
  SERVER_PID=$!
  wait_for_http "http://127.0.0.1:$PORT/"
  URL=http://127.0.0.1:$PORT
}
asked() { grep -cxF -- "$1" served.log || true; }
nothing_left() { [[ -z $(find "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases" -mindepth 1) ]]; }
must_fail() { # REASON
  build
  [ "$status" -eq 1 ] || { printf 'status %s:\n%s\n' "$status" "$stderr" >&2 && return 1; }
  says "$1"
  nothing_left
}
prints() { local line; for line in "$@"; do sed -E 's/^\[[^]]*\] //' <<< "$stderr" | grep -qxF -- "$line" || { printf 'no line "%s" in:\n%s\n' "$line" "$stderr" >&2 && return 1; }; done; }

@test "ADD URL: name, mode, owner and time; --chown, --chmod, --link, --exclude; beside files and heredocs" {
  import_busybox
  serve
  echo content > served/file
  echo other > 'served/a b'
  touch -d @1000000000 served/file
  dockerfile <<EOD
FROM busybox
ADD $URL/file /name
ADD $URL/file $URL/a%20b?x=y#z local /dir/
ADD --chown=app:wheel --chmod=u=rx,go=r $URL/file /made/for/it/
ADD --link --chown=7 $URL/file /linked/
ADD --exclude=fi* $URL/file $URL/a%20b /excluded/
ADD $URL/file <<here /later/
text
here
ADD $URL/file local /order/
ADD local $URL/local /order/
RUN stat -c '%a %u:%g %Y %n' /name /dir/* /made/for/it/file /made /linked/file; cat '/dir/a b' /later/here /order/local; echo /excluded/*
EOD
  echo local > context/local
  echo 'not local' > served/local
  must_build
  if has_subordinate_ids; then
    prints '544 1000:10 1000000000 /made/for/it/file' '600 7:7 1000000000 /linked/file'
  else
    prints '544 0:0 1000000000 /made/for/it/file'
  fi
  prints '600 0:0 1000000000 /name' '600 0:0 1000000000 /dir/file' other text 'not local' '/excluded/a b'
  config | grep -qF "\"created_by\":\"ADD $URL/file /name # buildkit\""
  SOURCE_DATE_EPOCH=5 must_build --no-cache
  prints '600 0:0 5 /name'
  nothing_left
}

@test "what --exclude leaves out and the order of sources are in the key" {
  import_busybox
  make_repository
  serve
  mkdir -p context
  echo 'from the server' > served/local
  echo 'from the context' > context/local
  touch -d '-1 hour' served/local
  dockerfile <<< "FROM busybox"$'\n'"ADD --exclude=sub $URL/repo.git /r"$'\n'"ADD local $URL/local /d/"
  must_build
  must_build
  says '2 steps cached, 0 ran'
  dockerfile <<< "FROM busybox"$'\n'"ADD --exclude=file $URL/repo.git /r"$'\n'"ADD $URL/local local /d/"$'\n''RUN ls /r; cat /d/local'
  must_build
  prints sub 'from the context'
}

@test "ADD URL: what a server says of the file decides whether it is brought again" {
  import_busybox
  serve
  echo one > served/file
  touch -d '-1 hour' served/file
  dockerfile <<< $'FROM busybox\nARG x\nADD '"$URL/file"$' /file\nRUN cat /file'
  must_build
  prints one
  [ "$(asked 'GET /file')" -eq 1 ]
  must_build
  [ "$(asked 'GET /file')" -eq 1 ]
  [ "$(asked 'HEAD /file')" -eq 2 ]
  says_not fetching
  touch -d '-2 hours' served/file # another time, the same content
  must_build
  says '2 steps cached, 0 ran'
  [ "$(asked 'GET /file')" -eq 2 ]
  echo two > served/file
  touch -d '-3 hours' served/file
  must_build --explain
  prints two
  says "what is at '$URL/file' differs"
  # A time that two changes may have had decides nothing; an ETag does.
  echo three > served/file
  touch served/file
  must_build
  echo four > served/file
  must_build
  prints four
  echo '{"/file": {"headers": {"ETag": "\"1\""}, "body": "etag one\n"}}' > answers
  must_build
  prints 'etag one'
  echo '{"/file": {"headers": {"ETag": "W/\"1\""}, "body": "etag one\n"}}' > answers
  : > served.log
  must_build
  [ "$(asked 'GET /file')" -eq 0 ]
  # The same ETag for something else, found out when the file is needed: that is no file to build with, once.
  echo '{"/file": {"headers": {"ETag": "\"1\""}, "body": "a lie\n"}}' > answers
  build --no-cache
  [ "$status" -eq 1 ]
  says "the file changed, and its ETag or Last-Modified did not"
  must_build --no-cache
  prints 'a lie'
  nothing_left
}

@test "ADD URL --checksum asks nobody when the file is known; a wrong one, a list, a path and other hashes are errors" {
  import_busybox
  serve
  echo content > served/file
  local sum
  sum=sha256:$(sha256sum < served/file | cut -d' ' -f1)
  dockerfile <<< $'FROM busybox\nARG sum\nADD --checksum=$sum '"$URL/file /"$'\nRUN cat /file'
  must_build --build-arg "sum=$sum"
  prints content
  : > served.log
  must_build --build-arg "sum=$sum"
  [ ! -s served.log ]
  build --build-arg "sum=${sum%?????}00000"
  [ "$status" -eq 1 ]
  says "Dockerfile:3:1: ADD --checksum=\$sum $URL/file /: $URL/file: what came is $sum, not the ${sum%?????}00000 of --checksum"
  nothing_left
  touch context/file
  dockerfile <<< "FROM busybox"$'\n'"ADD --checksum=$sum $URL/file $URL/file /x/"
  must_fail "checksum can't be specified for multiple sources"
  dockerfile <<< "FROM busybox"$'\n'"ADD --checksum=$sum file /x/"
  must_fail "checksum requires HTTP(S) or git sources"
  dockerfile <<< "FROM busybox"$'\n'"ADD --checksum=1234567 $URL/file /x/"
  must_fail "what husk-build checks at a URL is sha256:HEX, sha384:HEX or sha512:HEX"
  dockerfile <<< "FROM busybox"$'\n'"ADD --checksum=md5:$(md5sum < served/file | cut -d' ' -f1) $URL/file /x/"
  must_fail "expected sha256:HEX, sha384:HEX, sha512:HEX, or the commit of a git repository"
}

@test "ADD URL --checksum of SHA-384 and SHA-512" {
  import_busybox
  serve
  echo content > served/file
  local name sum
  for name in sha384 sha512; do
    sum=$name:$("${name}sum" < served/file | cut -d' ' -f1)
    dockerfile <<< "FROM busybox"$'\n'"ADD --checksum=$sum $URL/file /"$'\n'"RUN cat /file"
    must_build --no-cache
    prints content
    : > served.log
    must_build --provenance=min
    [ ! -s served.log ]
    grep -rq "\"uri\":\"$URL/file\",\"digest\":{\"$name\":\"${sum#*:}\"}" "$HUSK_ROOT/blobs"
    dockerfile <<< "FROM busybox"$'\n'"ADD --checksum=${sum%?????}00000 $URL/file /"
    must_fail "$URL/file: what came is $sum, not the ${sum%?????}00000 of --checksum"
  done
}

@test "ADD URL: errors name the line and leave nothing" {
  import_busybox
  cat > answers <<'EOD'
{"/large": {"headers": {"Content-Length": "99999999999999"}, "body": "x"},
 "/loop": {"status": 302, "headers": {"Location": "/loop"}},
 "/file:": {"status": 302, "headers": {"Location": "file:///etc/passwd"}},
 "/short": {"headers": {"Content-Length": "100"}, "body": "x"},
 "/broken": {"status": 500}, "/": {"body": "no name\n"},
 "/moved": {"status": 301, "headers": {"Location": "/content"}},
 "/content": {"body": "moved here\n", "headers": {"Content-Disposition": "attachment; filename=\"../../said\""}}}
EOD
  serve
  local path reason
  while IFS=$'\t' read -r path reason; do
    dockerfile <<< "FROM busybox"$'\n'"ADD $URL/$path /x"
    must_fail "Dockerfile:2:1: ADD $URL/$path /x: $reason"
  done <<EOD
nothing	$URL/nothing: not found
broken	$URL/broken: the server answered with status 500
large	$URL/large: larger than 68719476736 bytes
loop	$URL redirects too often
file:	$URL redirects to 'file:///etc/passwd', which is no http URL
EOD
  dockerfile <<< "FROM busybox"$'\n'"ADD $URL/short /x"
  must_fail "Dockerfile:2:1: ADD $URL/short /x: "
  dockerfile <<< "FROM busybox"$'\n'"ADD $URL /x/"
  must_fail "Dockerfile:2:5: ADD: '$URL' does not say what the file is called"
  dockerfile <<< "FROM busybox"$'\n'"ADD $URL /tmp"
  must_fail "'/tmp' is a directory, and the source does not say what the file is called"
  dockerfile <<< "FROM busybox"$'\n'"ADD http://me:secret@127.0.0.1/file /x"
  must_fail "has a user name or a password in it"
  dockerfile <<< "FROM busybox"$'\n'"COPY $URL/file /x"
  must_fail "Dockerfile:2:6: source can't be a URL for COPY"
  dockerfile <<< "FROM busybox"$'\n'"COPY git://127.0.0.1:$PORT/x /x"
  must_fail "Dockerfile:2:6: source can't be a git ref for COPY"
  dockerfile <<< $'FROM busybox\nADD '"$URL"$' /named\nADD '"$URL/moved"$' /dir/\nRUN cat /named /dir/moved'
  must_build
  prints 'moved here'
  nothing_left
}

@test "a download that is interrupted or killed leaves nothing that the next build does not remove" {
  import_busybox
  echo '{"/slow": {"headers": {"Content-Length": "100"}, "body": "half", "slow": 30}}' > answers
  serve
  dockerfile <<< "FROM busybox"$'\n'"ADD $URL/slow /x"
  husk-build --network=none context > /dev/null 2> said &
  local pid=$!
  wait_for_line served.log waiting
  [ -n "$(find "$HUSK_ROOT/tmp" -name file -size 4c)" ]
  kill -TERM "$pid"
  exit_code_of "$pid"
  [ "$code" -eq 143 ]
  nothing_left
  : > served.log
  mv context killed
  husk-build --network=none killed > /dev/null 2> said &
  pid=$!
  wait_for_line served.log waiting
  kill -KILL "$pid"
  wait "$pid" || true
  wait_for_no_process "husk-build --network=none killed"
  husk-fsck --repair > /dev/null
  nothing_left
}

@test "ADD URL unpacks an archive with --unpack alone, and in ONBUILD it is the same" {
  import_busybox
  serve
  mkdir -p inner/sub
  echo inner > inner/sub/file
  tar -C inner -czf served/x.tgz .
  dockerfile <<< $'FROM busybox\nADD '"$URL"$'/x.tgz /plain/\nADD --unpack '"$URL"$'/x.tgz /unpacked\nRUN ls /plain; cat /unpacked/sub/file'
  must_build
  prints x.tgz inner
  dockerfile <<< $'FROM busybox\nONBUILD ADD --chmod=640 '"$URL"$'/x.tgz /on/'
  must_build -t base
  dockerfile <<< $'FROM base\nRUN stat -c %a /on/x.tgz'
  must_build
  prints 640
  rm served/x.tgz
  must_fail 'ONBUILD '
}

@test "secrets say who you are, to the server that they are for and nobody else" {
  import_busybox
  cat > answers <<'EOD'
{"/header": {"authorization": "Custom Canary-5d1e", "body": "header\n"},
 "/token": {"authorization": "Bearer Canary-5d1e", "body": "token\n"},
 "/away": {"authorization": "Bearer Canary-5d1e", "status": 302, "headers": {"Location": "http://localhost:PORT/away2"}},
 "/away2": {"authorization": "none", "body": "away\n"}}
EOD
  serve
  sed -i "s/PORT/$PORT/" answers
  echo 'Custom Canary-5d1e' > header
  export TOKEN=Canary-5d1e
  dockerfile <<< $'FROM busybox\nADD '"$URL"$'/token /\nRUN cat /token'
  must_fail "$URL/token: the server answered with status 401"
  says "hint: --secret id=HTTP_AUTH_TOKEN_127.0.0.1,… says who you are"
  must_build --secret id=HTTP_AUTH_TOKEN_127.0.0.1,env=TOKEN
  prints token
  dockerfile <<< $'FROM busybox\nADD '"$URL"$'/header /\nRUN cat /header'
  must_build --secret id=HTTP_AUTH_HEADER_127.0.0.1,src=header
  prints header
  dockerfile <<< $'FROM busybox\nADD '"$URL"$'/away /'
  build --secret id=HTTP_AUTH_TOKEN_127.0.0.1,env=TOKEN
  [ "$status" -eq 1 ]
  says "status 401"
  printf 'a\nX-Other: b\n' > header
  build --secret id=HTTP_AUTH_HEADER_127.0.0.1,src=header
  [ "$status" -eq 1 ]
  says "is not one line of text"
  run grep -rls Canary-5d1e "$HUSK_ROOT"
  [ -z "$output" ]
  nothing_left
}

# The repository "repo", two commits and a tag, served by a web server that knows nothing of git; its commits are $FIRST and $SECOND.
git_() { git -c init.defaultBranch=main -c user.name=me -c user.email=me@localhost "$@"; }
make_repository() {
  git_ init -q repo
  mkdir repo/sub
  echo first > repo/file
  echo sub > repo/sub/file
  chmod 700 repo/file
  git_ -C repo add -A
  GIT_COMMITTER_DATE=@1000000000 git_ -C repo commit -qm first
  git_ -C repo tag -am v1 v1
  echo second > repo/file
  GIT_COMMITTER_DATE=@1100000000 git_ -C repo commit -qam second
  FIRST=$(git -C repo rev-parse v1^{commit}) SECOND=$(git -C repo rev-parse main)
  export_repository
}
export_repository() {
  mkdir -p served
  rm -rf served/repo.git
  git_ clone -q --bare repo served/repo.git
  git -C served/repo.git update-server-info
}

@test "ADD of a repository: ref, directory, modes and times; --checksum, --keep-git-dir, --chown, --exclude" {
  import_busybox
  make_repository
  serve
  dockerfile <<EOD
FROM busybox
ADD $URL/repo.git /main
ADD --chown=7:8 $URL/repo.git#v1 /v1/
ADD --checksum=${FIRST:0:8} $URL/repo.git?ref=v1&subdir=sub /sub
ADD --exclude=sub $URL/repo.git /excluded
ADD --keep-git-dir $URL/repo.git#$FIRST /kept
RUN cat /main/file /v1/file /sub/file; stat -c '%a %u:%g %Y %n' /main/file /v1/sub/file; ls -A /main /excluded; ls -d /kept/.git; cat /kept/.git/HEAD
EOD
  must_build
  prints second first sub '755 0:0 1100000000 /main/file' /kept/.git "$FIRST"
  ! has_subordinate_ids || prints '644 7:8 1000000000 /v1/sub/file'
  [ "$(sed -n '/main:/,/excluded:/p' <<< "$stderr" | grep -c 'file\|sub$')" -eq 2 ]
  config | grep -qF "ADD $URL/repo.git#v1 /v1/ # buildkit"
  # The same commit is the same, also under another name; a new one is not.
  must_build --progress=json
  [[ $stderr == *'"cached":6'* || $(grep -c '"cached"' <<< "$stderr") -ge 6 ]]
  dockerfile <<< "FROM busybox"$'\n'"ADD $URL/repo.git /main"$'\n''RUN cat /main/file'
  must_build
  says '1 steps cached' || says '1 step cached'
  echo third > repo/file
  git_ -C repo commit -qam third
  export_repository
  must_build
  prints third
  nothing_left
}

@test "ADD of a repository: what is wrong, and a machine without git" {
  import_busybox
  make_repository
  serve
  local add reason
  while IFS=$'\t' read -r add reason; do
    dockerfile <<< "FROM busybox"$'\n'"ADD $add /x"
    must_fail "$reason"
  done <<EOD
$URL/repo.git#nothing	Dockerfile:2:1: ADD $URL/repo.git#nothing /x: $URL/repo.git has no branch, tag or commit 'nothing'
--checksum=$SECOND $URL/repo.git#v1	$URL/repo.git: the commit is $FIRST, not '$SECOND'
--checksum=sha256:$(printf '%064d' 0) $URL/repo.git	the --checksum of a repository is a commit
--checksum=$SECOND $URL/repo.git?checksum=$FIRST	--checksum=$SECOND, but the URL says $FIRST
--keep-git-dir $URL/repo.git?keep-git-dir=false	--keep-git-dir, but the URL says keep-git-dir=false
$URL/none.git	$URL/none.git: repository '$URL/none.git/' not found
$URL/repo.git#:nothing	'nothing'
$URL/repo.git?ref=a&tag=b	ref conflicts: 'a' vs 'refs/tags/b'
$URL/repo.git#--upload-pack=x	is no name of a branch, tag or commit
EOD
  mkdir bin
  local program
  for program in "$TOOLS_DIR"/husk-* $(type -P newuidmap newgidmap); do ln -s "$program" bin/; done
  dockerfile <<< "FROM busybox"$'\n'"ADD $URL/repo.git /x"
  run --separate-stderr env PATH="$PWD/bin" "$PWD/bin/husk-build" --network=none context
  [ "$status" -eq 1 ]
  says "git"
  says "hint: "
  nothing_left
}

@test "secrets open a repository, and a password in its URL is in no history" {
  import_busybox
  make_repository
  local auth
  auth=$(printf 'x-access-token:Canary-19bc' | base64)
  # Every file of the repository asks for it.
  (cd served && find repo.git -type f) | python3 -c '
import json, sys
auth = "Basic " + sys.argv[1]
paths = [line.strip() for line in sys.stdin]
print(json.dumps({"/" + p: {"authorization": auth, "file": p} for p in paths} | {"/repo.git/info/refs?service=git-upload-pack": {"authorization": auth, "file": "repo.git/info/refs"}}))' "$auth" > answers
  serve
  export TOKEN=Canary-19bc
  printf 'Basic %s\n' "$auth" > header
  dockerfile <<< "FROM busybox"$'\n'"ADD $URL/repo.git /x"$'\n''RUN cat /x/file'
  must_fail "$URL/repo.git: "
  says 'hint: --secret id=GIT_AUTH_TOKEN,…'
  local secret
  for secret in id=GIT_AUTH_TOKEN,env=TOKEN "id=GIT_AUTH_TOKEN.127.0.0.1,env=TOKEN" "id=GIT_AUTH_HEADER.127.0.0.1:$PORT,src=header"; do
    must_build --no-cache --secret "$secret"
    prints second
  done
  dockerfile <<< "FROM busybox"$'\n'"ADD ${URL/:\/\//:\/\/x-access-token:Canary-19bc@}/repo.git /x"$'\n''RUN cat /x/file'
  must_build --no-cache
  config | grep -qF "ADD $URL/repo.git /x # buildkit"
  run grep -rls Canary-19bc "$HUSK_ROOT/blobs" "$HUSK_ROOT/cache" "$HUSK_ROOT/layers"
  [ -z "$output" ]
  nothing_left
}
