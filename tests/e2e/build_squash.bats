# shellcheck shell=bash
# --squash and "# husk: squash": one layer that gives the same files as those it is made of.
load helpers
load images
load build

layers_of() { config | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["rootfs"]["diff_ids"]))'; }
# What the image that was built last has for files, owners, links, modes, times and xattrs.
tree_of() { # FILE
  husk-build -q --network=none -o - "$@" context > files.tar
  python3 - << 'EOT'
import hashlib, tarfile
with tarfile.open("files.tar") as tar:
    links = {}
    for m in tar:
        if m.islnk():
            links.setdefault(m.linkname, [m.linkname]).append(m.name)
        content = hashlib.sha256(tar.extractfile(m).read()).hexdigest() if m.isreg() else m.linkname
        print(m.name, m.type, oct(m.mode), m.uid, m.gid, m.pax_headers.get("mtime", m.mtime), content,
              sorted(item for item in m.pax_headers.items() if "SCHILY" in item[0]))
    print(sorted(sorted(names) for names in links.values()))
EOT
}

# Steps that do to files all that a layer can say, on top of a base that has some.
write_context() {
  import_busybox
  mkdir -p base context
  cat > base/Dockerfile << 'EOT'
FROM busybox
RUN mkdir -p /gone/deep /dir/sub /filled /replaced/by /becomes && touch /gone/deep/file /dir/old /dir/sub/old /filled/a /filled/b \
  && echo x > /file && echo y > /linked && ln /linked /linked-too && ln -s nowhere /link && touch /becomes-dir /replaced/by/nothing
EOT
  CONTEXT=base must_build -t base
  echo one > context/one
  dockerfile << 'EOT'
FROM base
COPY --chown=7:8 --chmod=640 one /mine/one
RUN rm -r /gone && rm /file /dir/old && echo secret > /came-and-went && mkdir /came && touch /came/and-went
RUN rm -r /came-and-went /came && rm -r /filled && mkdir /filled && echo new > /filled/c
RUN rm /becomes-dir && mkdir /becomes-dir && touch /becomes-dir/x && rm -r /replaced && echo file > /replaced
RUN chmod 711 /dir && mkdir /dir/new && ln /mine/one /mine/two && ln /linked /linked-three && mkfifo /pipe
RUN rm /replaced && mkdir -p /replaced/again && touch /replaced/again/x && mv /mine/one /mine/moved && chmod 600 /mine/two
RUN rm /link && mkdir /link && echo z > /link/z && touch /gone && rm /gone && mkdir -p /gone/anew
USER 1000
CMD ["true"]
EOT
}

@test "--squash: the files are the same, the layers one, the steps in the cache" {
  write_context
  must_build
  local plain=$id
  tree_of > plain
  must_build --squash
  [[ $id != "$plain" && $(layers_of) -eq 3 ]]
  says "7 steps cached, 0 ran"
  tree_of --squash > squashed
  diff plain squashed
  config | python3 -c '
import json, sys
config = json.load(sys.stdin)
steps = config["history"]
assert len([s for s in steps if not s.get("empty_layer")]) == len(config["rootfs"]["diff_ids"]), steps
assert len(steps) == 11 and "anew" in [s for s in steps if not s.get("empty_layer")][-1]["created_by"]
assert config["config"]["User"] == "1000"'
  # What came and went is in no layer, nor what says that it went away.
  husk-push -q "$id" oci:layout:x
  python3 - << 'EOT'
import json, tarfile
blob = lambda d: "layout/blobs/sha256/" + d["digest"][7:]
manifest = json.load(open(blob(json.load(open("layout/index.json"))["manifests"][0])))
names = sorted(tarfile.open(blob(manifest["layers"][-1])).getnames())
assert not [n for n in names if "came" in n], names
gone = [n for n in names if ".wh." in n]
assert gone == [".wh.file", "dir/.wh.old", "filled/.wh..wh..opq", "gone/.wh..wh..opq", "replaced/.wh..wh..opq"], gone
EOT
  umoci_reads layout
  # The same again does nothing, and is the same; a step that changes is made on the others.
  must_build --squash
  says "7 steps cached, 0 ran"
  sed -i 's/anew/other/' context/Dockerfile
  must_build --squash
  says "6 steps cached, 1 ran"
}
# What umoci unpacks is what the image has.
umoci_reads() { # LAYOUT
  has_subordinate_ids || return 0
  umoci_tree "$1:x" > umoci
  grep -q 'replaced/again/x' umoci
  run ! grep -qE 'came-and-went|\./file|dir/old|replaced/by' umoci
}

@test "# husk: squash: the steps after it become one layer" {
  write_context
  tree_of > plain
  sed -i 's/^RUN chmod 711/\n  #  Husk: squash\n\n&/' context/Dockerfile
  must_build
  [[ $(layers_of) -eq 7 ]]
  tree_of > squashed
  diff plain squashed
  # --squash is for all of the stage.
  must_build --squash
  [[ $(layers_of) -eq 3 ]]
  # In the text of a step it is text; in a stage that is not the target it means nothing.
  dockerfile << 'EOT'
FROM busybox AS make
# husk: squash
RUN echo 1 > /1
RUN echo 2 > /2
FROM make
RUN <<END
# husk: squash
echo 3 > /3
END
RUN echo 4 > /4
EOT
  must_build
  [[ $(layers_of) -eq 5 ]]
  must_build --target make
  [[ $(layers_of) -eq 2 ]]
  sed -i '1i # husk: squash' context/Dockerfile
  build
  [[ $status -eq 1 ]]
  says "Dockerfile:1:1: there is nothing to squash before the first FROM"
}

@test "what cancels out leaves no layer, and one layer stays as it is" {
  import_busybox
  dockerfile << 'EOT'
FROM busybox
RUN touch /x
RUN rm /x
EOT
  must_build --squash
  [[ $(layers_of) -eq 1 ]]
  look 'ls /x 2> /dev/null || echo there-is-none'
  says there-is-none
  dockerfile <<< $'FROM busybox\nRUN touch /x'
  must_build
  local plain=$id
  must_build --squash
  [[ $id == "$plain" ]]
}
