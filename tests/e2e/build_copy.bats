# shellcheck shell=bash
# COPY and ADD with their flags. No test needs a network.
load helpers
load build

setup_file() { umask 022; }

# The files of the newest layer of $id, as a push writes them: mode, owner, time, path and what a link leads to.
newest_layer() {
  husk-push -q "$id" oci:layout:x >/dev/null
  python3 - <<'EOF'
import gzip, json, tarfile
index = json.load(open("layout/index.json"))
blob = lambda digest: open("layout/blobs/" + digest.replace(":", "/"), "rb")
manifest = json.load(blob(index["manifests"][-1]["digest"]))
for each in tarfile.open(fileobj=gzip.open(blob(manifest["layers"][-1]["digest"]))):
    print("%04o %d:%d %d %s%s" % (each.mode, each.uid, each.gid, each.mtime, each.name, " -> " + each.linkname if each.linkname else ""))
EOF
  rm -r layout
}
layer_has() { # LINE...
  local line layer
  layer=$(newest_layer)
  for line in "$@"; do
    grep -qxE -- "$line" <<< "$layer" || { printf 'no line "%s" in\n%s\n' "$line" "$layer" >&2 && return 1; }
  done
}

@test "--parents keeps the directories that are named, from a /./ on" {
  import_busybox
  mkdir -p context/x/{y,z/deep}
  touch context/x/{y,z,z/deep}/{a.txt,b.md}
  chmod 750 context/x/z
  dockerfile <<'EOF'
FROM busybox
COPY --parents x/y/a.txt /one/
COPY --parents ./x/./z/*.txt /two/
COPY --parents **/deep /three/
COPY --parents --exclude=**/*.md x /four
COPY --parents --from=0 /etc/./pass* /five/
RUN cd / && find one two three four five | sort; stat -c %a /two/z
EOF
  sed -i '1s/$/ AS base/; s/--from=0/--from=busybox/' context/Dockerfile
  must_build
  says "five
five/passwd
four
four/x
four/x/y
four/x/y/a.txt
four/x/z
four/x/z/a.txt
four/x/z/deep
four/x/z/deep/a.txt
one
one/x
one/x/y
one/x/y/a.txt
three
three/x
three/x/z
three/x/z/deep
three/x/z/deep/a.txt
three/x/z/deep/b.md
two
two/z
two/z/a.txt
750"
  dockerfile <<< $'FROM busybox\nCOPY --parents x/missing /'
  build
  [ "$status" -eq 1 ]
  says "Dockerfile:2:16: COPY: 'x/missing' not found in the build context"
}

@test "--link: a layer by itself, kept when what is below it changes" {
  import_busybox
  echo 1 > context-file
  mkdir -p context && mv context-file context/file
  dockerfile <<'EOF'
FROM busybox
RUN echo first > /first; mkdir /real; ln -s real /link; mkdir -m 700 /there
COPY --link file /link/
COPY --link --chmod=600 file /there/
RUN cat /link/file /there/file; ls -ld /link /there; ls -a /real
EOF
  must_build
  says $'1\n1\n'
  says 'drwxr-xr-x'
  says_not ' -> '
  sed -i s/first/second/g context/Dockerfile
  must_build
  says "COPY --link file /link/  CACHED"
  says "COPY --link --chmod=600 file /there/  CACHED"
  says_not "RUN cat /link/file /there/file; ls -ld /link /there; ls -a /real  CACHED"
  look 'cat /second /link/file'
  says $'second\n1'
  sed -i '$d' context/Dockerfile
  must_build
  layer_has '0700 0:0 [0-9]+ there' '0600 0:0 [0-9]+ there/file'
}

@test "--link into the working directory, with an owner by name" {
  import_busybox
  mkdir -p context && echo 1 > context/file
  dockerfile <<'EOF'
FROM busybox
WORKDIR /var/www
ENV empty=""
COPY --link file $empty
COPY --link --chown=app:wheel file named
EOF
  must_build
  layer_has '0644 1000:10 [0-9]+ var/www/named'
  look 'cat /var/www/file /var/www/named'
  says $'1\n1'
}

@test "--exclude, and wildcards that match nothing" {
  import_busybox
  mkdir -p context/{dir1/sub,dir2}
  touch context/{dir1,dir1/sub,dir2}/{a.txt,b.md} context/{c.txt,d.md}
  dockerfile <<'EOF'
FROM busybox
COPY --exclude=*.md --exclude=sub dir* /merged
COPY --exclude=**/*.md . /all/
COPY --exclude=*.md *.* nothing* /files/
COPY --exclude=* --exclude=!sub dir1 /readmitted
RUN cd / && find merged all files readmitted | sort
EOF
  must_build
  says "all
all/Dockerfile
all/c.txt
all/dir1
all/dir1/a.txt
all/dir1/sub
all/dir1/sub/a.txt
all/dir2
all/dir2/a.txt
files
files/c.txt
merged
merged/a.txt
readmitted
readmitted/sub
readmitted/sub/a.txt
readmitted/sub/b.md
"
  dockerfile <<< $'FROM busybox\nCOPY no* nothing* /x/'
  build
  [ "$status" -eq 1 ]
  says "Dockerfile:2:10: COPY: 'nothing*' matches nothing in the build context"
}

@test "ADD unpacks archives of every kind, and not with --unpack=false" {
  import_busybox
  mkdir -p context tree/sub
  echo x > tree/sub/file
  chmod 640 tree/sub/file
  tar -C tree --format=v7 -cf context/v7.tar .
  tar -C tree --owner=7 --group=8 -cf context/plain.tar .
  gzip -c context/plain.tar > context/gz
  bzip2 -c context/plain.tar > context/bz2
  xz -c context/plain.tar > context/xz
  zstd -qc context/plain.tar > context/zst
  echo x | gzip > context/no-archive.gz
  head -c 1024 /dev/zero > context/zeros.tar
  dockerfile <<'EOF'
FROM busybox
ADD v7.tar /v7
ADD plain.tar /plain/
ADD gz /gz
ADD bz2 /bz2
ADD xz /xz
ADD zst /zst
ADD no-archive.gz zeros.tar /files/
ADD --unpack=false plain.tar /packed
COPY plain.tar /copied
RUN cat /v7/sub/file /plain/sub/file /gz/sub/file /bz2/sub/file /xz/sub/file /zst/sub/file; cd /; ls -d files/* packed copied
ADD --chown=5:6 plain.tar /owned
EOF
  must_build
  says 'x
x
x
x
x
x
copied
files/no-archive.gz
files/zeros.tar
packed'
  layer_has '0640 5:6 [0-9]+ owned/sub/file'
  sed -i '$d' context/Dockerfile
  sed -i '/^RUN/d' context/Dockerfile
  echo 'ADD plain.tar /own' >> context/Dockerfile
  must_build
  layer_has '0640 7:8 [0-9]+ own/sub/file'
}

@test "a hostile archive stays in the image" {
  import_busybox
  mkdir -p context canary
  python3 - "$PWD/canary" <<'EOF'
import io, sys, tarfile
with tarfile.open("context/evil.tar", "w") as tar:
    def add(name, kind=tarfile.REGTYPE, link=""):
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.size = kind, link, 4 if kind == tarfile.REGTYPE else 0
        tar.addfile(info, io.BytesIO(b"evil") if info.size else None)
    add("link", tarfile.SYMTYPE, sys.argv[1])
    add("link/through")
    add("up", tarfile.SYMTYPE, "../../../../../../../../.." + sys.argv[1])
    add("up/through")
    add(".wh.file")
EOF
  dockerfile <<< $'FROM busybox\nRUN mkdir -p '"$PWD/canary"$'\nADD evil.tar /\nRUN cat /.wh.file '"$PWD/canary/through"
  must_build
  says evil
  [ -z "$(ls -A canary)" ]
  python3 -c 'import tarfile; tar = tarfile.open("context/evil.tar", "w"); tar.addfile(tarfile.TarInfo("../outside"))'
  build
  [ "$status" -eq 1 ] || look 'ls /outside'
  [ ! -e outside ]
}

@test "times and what a umask takes away are in no key; the executable bit is, and --chmod takes all out" {
  import_busybox
  mkdir -p context/dir/sub
  echo 1 > context/dir/sub/file
  dockerfile <<< $'FROM busybox\nCOPY dir /dir\nCOPY --chmod=755 dir /all'
  must_build
  local first=$id
  touch -d '1 Jan 2001' context/dir/sub/file
  chmod 600 context/dir/sub/file
  chmod 700 context/dir/sub
  must_build
  [ "$id" = "$first" ]
  chmod g+w context/dir/sub/file
  must_build
  [ "$id" = "$first" ]
  chmod +x context/dir/sub/file
  must_build
  says_not "COPY dir /dir  CACHED"
  says_not "COPY --chmod=755 dir /all  CACHED" # its parent has changed
  dockerfile <<< $'FROM busybox\nCOPY --chmod=755 dir /all'
  must_build
  chmod -x context/dir/sub/file
  must_build
  says "COPY --chmod=755 dir /all  CACHED"
}

@test "--chmod in every form, also of directories that are made on the way" {
  import_busybox
  mkdir -p context
  echo 1 > context/file
  dockerfile <<'EOF'
FROM busybox
ARG mode=04711
COPY --chmod=$mode file /variable
COPY --chmod=u=rwX,go= file /symbolic
COPY --chmod=770 file /group/sub/file
COPY --chmod=640 file /entered/file
COPY --chmod=0 <<text /none
text
RUN stat -c '%a %n' /variable /symbolic /group /group/sub /entered /entered/file /none
EOF
  must_build
  says "4711 /variable
600 /symbolic
770 /group
770 /group/sub
750 /entered
640 /entered/file
0 /none"
  dockerfile <<< $'FROM busybox\nCOPY --chmod=999 file /x'
  build
  [ "$status" -eq 1 ]
  says "Dockerfile:2:14: "
}

@test "owners of a stage's files are kept, and recorded where they can't be set" {
  import_busybox
  mkdir -p context/many
  echo 1 > context/file
  touch context/many/{1..200}
  dockerfile <<'EOF'
FROM busybox AS one
COPY --chown=app:wheel file /dir/file
COPY --chown=3:4 many /dir/many
FROM busybox
COPY --from=one /dir /copied
EOF
  must_build
  layer_has '0644 1000:10 [0-9]+ copied/file' '0644 3:4 [0-9]+ copied/many/200' '0755 3:4 [0-9]+ copied/many' '0755 0:0 [0-9]+ copied'
}

@test "files of the base image keep their owners when a RUN changes them, and lose them when it makes new ones" {
  import_busybox
  mkdir -p context/owned
  echo 1 | tee context/owned/{changed,replaced,again} >/dev/null
  dockerfile <<'EOD'
FROM busybox
COPY --chown=app:wheel owned /owned
RUN echo 2 >> /owned/changed; rm /owned/replaced; echo 2 > /owned/replaced; echo 2 > /owned/new
RUN echo 3 >> /owned/changed; chmod 600 /owned/again
COPY --chown=3:4 owned/again /owned/again
RUN echo 5 >> /owned/again; echo 5 > /owned/newer
EOD
  must_build
  layer_has '0755 1000:10 [0-9]+ owned' '0644 3:4 [0-9]+ owned/again' '0644 0:0 [0-9]+ owned/newer'
  [[ $(husk-build --network=none -q -o - context | tar --numeric-owner -tvf - | awk '/ owned/ { print $2, $6 }' | LC_ALL=C sort) == "$(printf '%s\n' \
    '0/0 owned/new' '0/0 owned/newer' '0/0 owned/replaced' '1000/10 owned/' '1000/10 owned/changed' '3/4 owned/again')" ]]
  sed -i '$d' context/Dockerfile
  sed -i '$d' context/Dockerfile
  must_build
  layer_has '0644 1000:10 [0-9]+ owned/changed' '0600 1000:10 [0-9]+ owned/again'
  sed -i '$d' context/Dockerfile
  must_build
  layer_has '0644 1000:10 [0-9]+ owned/changed' '0644 0:0 [0-9]+ owned/replaced' '0644 0:0 [0-9]+ owned/new'
}

@test "extended attributes of a stage's files are kept and count" {
  import_busybox
  mkdir -p context
  echo 1 > context/file
  setfattr -n user.note -v one context/file || skip_or_fail "the file system has no extended attributes"
  dockerfile <<< $'FROM busybox AS one\nCOPY file /file\nFROM busybox\nCOPY --from=one /file /copied'
  must_build
  local first=$id
  husk-push -q "$id" oci:layout:x >/dev/null
  python3 - <<'EOF'
import gzip, json, tarfile
blob = lambda digest: open("layout/blobs/" + digest.replace(":", "/"), "rb")
manifest = json.load(blob(json.load(open("layout/index.json"))["manifests"][-1]["digest"]))
(entry,) = [each for each in tarfile.open(fileobj=gzip.open(blob(manifest["layers"][-1]["digest"]))) if each.name == "copied"]
assert entry.pax_headers["SCHILY.xattr.user.note"] == "one", entry.pax_headers
EOF
  setfattr -n user.note -v two context/file
  must_build
  [ "$id" != "$first" ]
}

@test "with SOURCE_DATE_EPOCH everything that is copied has its time" {
  import_busybox
  mkdir -p context/dir/sub
  echo 1 > context/dir/sub/file
  ln -s file context/dir/sub/link
  dockerfile <<< $'FROM busybox\nCOPY dir /new/dir'
  must_build --build-arg SOURCE_DATE_EPOCH=1000000000
  layer_has '0755 0:0 1000000000 new' '0755 0:0 1000000000 new/dir/sub' '0644 0:0 1000000000 new/dir/sub/file' \
    '0777 0:0 1000000000 new/dir/sub/link -> file'
  local first=$id
  touch -d '2 Feb 2002' context/dir context/dir/sub context/dir/sub/file
  must_build --no-cache --build-arg SOURCE_DATE_EPOCH=1000000000
  [ "$id" = "$first" ]
  must_build
  layer_has '0644 0:0 1012608000 new/dir/sub/file' || layer_has '0644 0:0 1012[0-9]+ new/dir/sub/file' # whatever the zone of time
}
