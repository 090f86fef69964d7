# shellcheck shell=bash
# --platform: images for other machines, and for several at once.
load helpers
load images
load build

host() { case $(uname -m) in x86_64) echo linux/amd64 ;; aarch64) echo linux/arm64 ;; *) echo "linux/$(uname -m)" ;; esac }
# One that this machine can't run, and that no emulator is for.
readonly foreign=linux/ppc64le

# A registry with the base image of two platforms; the foreign one has a file that says so, and no program that could run.
write_context() {
  start_registry
  mkdir -p config/containers context
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" > config/containers/registries.conf
  export XDG_CONFIG_HOME=$PWD/config
  import_busybox
  local base=$REGISTRY/base
  mkdir -p make
  printf 'FROM busybox\nRUN echo native > /which\n' > make/Dockerfile
  CONTEXT=make must_build -t base
  printf '\x7fELF\x02\x01\x01' > make/sh
  head -c 64 /dev/zero >> make/sh
  printf 'FROM scratch\nCOPY --chmod=755 sh /bin/sh\nCOPY <<EOT /which\nforeign\nEOT\n' > make/Dockerfile
  CONTEXT=make must_build --platform "$foreign" -t foreign-base
  husk-push -q base oci:native:x
  husk-push -q foreign-base oci:foreign:x
  python3 - "$(host)" "$foreign" << 'EOT'
import json, os, shutil, sys, hashlib
entries = []
for layout, platform in (("native", sys.argv[1]), ("foreign", sys.argv[2])):
    entry = json.load(open(f"{layout}/index.json"))["manifests"][0]
    entry.pop("annotations")
    entry["platform"] = dict(zip(("os", "architecture"), platform.split("/")))
    entries.append(entry)
    if layout == "foreign":
        shutil.copytree("foreign/blobs", "native/blobs", dirs_exist_ok=True)
index = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": entries}).encode()
digest = hashlib.sha256(index).hexdigest()
open(f"native/blobs/sha256/{digest}", "wb").write(index)
top = {"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:" + digest, "size": len(index)}
json.dump({"schemaVersion": 2, "manifests": [top | {"annotations": {"org.opencontainers.image.ref.name": "x"}}]}, open("native/index.json", "w"))
EOT
  skopeo_copy --all oci:native:x "docker://$base"
}
index() { skopeo inspect --tls-verify=false --raw "docker://$1"; }
# The image for a platform, as a directory of files.
files() { # NAME PLATFORM DIRECTORY
  skopeo_copy --override-os "${2%%/*}" --override-arch "${2#*/}" "docker://$1" "oci:$3-layout:x"
  python3 - "$3" << 'EOT'
import json, subprocess, sys, os
out = sys.argv[1]
blob = lambda d: f"{out}-layout/blobs/sha256/" + d["digest"][7:]
os.mkdir(out)
for layer in json.load(open(blob(json.load(open(f"{out}-layout/index.json"))["manifests"][0])))["layers"]:
    subprocess.run(["tar", "-xzf", blob(layer), "-C", out], check=True)
EOT
}

@test "an image for another platform: its base, its arguments; nothing has to run" {
  write_context
  dockerfile << EOT
FROM --platform=\$BUILDPLATFORM $REGISTRY/base AS make
ARG TARGETPLATFORM BUILDPLATFORM TARGETARCH
RUN echo "\$(cat /which) \$BUILDPLATFORM makes \$TARGETPLATFORM \$TARGETARCH" > /made
FROM $REGISTRY/base
COPY --from=make /made /made
COPY --from=$REGISTRY/base /which /which-copy
EOT
  must_build --platform "$foreign" -t app
  config | grep -q '"architecture":"ppc64le"'
  husk-push -q app "$REGISTRY/app"
  files "$REGISTRY/app" "$foreign" out
  [[ $(< out/made) == "native $(host) makes $foreign ppc64le" && $(cat out/which out/which-copy) == $'foreign\nforeign' ]]
  # The name of the base image means what it did.
  [[ -z $(husk-images -q "$REGISTRY/base") || $(husk-run --rm "$REGISTRY/base" cat /which) == native ]]
  must_build --platform "$foreign"
  says "3 steps cached, 0 ran"
}

@test "a RUN goes as far as the kernel lets it; without an emulator it says so" {
  write_context
  # What can run here is nothing that husk decides.
  cp "$(command -v busybox)" context/busybox
  dockerfile << EOT
FROM scratch
COPY busybox /bin/sh
RUN echo it-runs
EOT
  must_build --platform "$foreign"
  says it-runs
  dockerfile << EOT
FROM --platform=$foreign $REGISTRY/base
RUN true
EOT
  build
  [[ $status -eq 1 ]]
  says "a program for $foreign on $(host): "
  says "hint: the packages qemu-user-static and binfmt-support make the kernel run foreign programs"
  build --platform linux/s390x
  [[ $status -eq 1 ]]
  dockerfile <<< "FROM $REGISTRY/base"
  build --platform linux/s390x
  [[ $status -eq 1 ]]
  says "no image '$REGISTRY/base (linux/s390x)' here, and it can't be pulled: "
  says "no image for platform linux/s390x"
  dockerfile <<< "FROM --platform=no/such/thing/x $REGISTRY/base"
  build
  [[ $status -eq 1 ]]
  says "Dockerfile:1:17: "
  says "invalid platform 'no/such/thing/x'"
}

@test "several platforms: an index, in the store, at a registry and in a layout" {
  write_context
  dockerfile << EOT
FROM --platform=\$BUILDPLATFORM $REGISTRY/base AS shared
RUN echo shared-ran > /shared && cat /shared
FROM $REGISTRY/base
ARG TARGETARCH
COPY --from=shared /shared /shared
COPY <<END /arch
\$TARGETARCH
END
EOT
  must_build --platform "$(host),$foreign" -t app --label a=b \
    --annotation index:i=1 --annotation "manifest[$foreign]:m=2" --annotation manifest-descriptor:d=3 --annotation all=4
  [[ $(grep -c '^\[.*\] shared-ran$' <<< "$stderr") -eq 1 ]] # once, for both
  says "[$foreign shared "
  [[ $(husk-run --rm app cat /shared /which) == $'shared-ran\nnative' ]]
  local digest
  digest=$(husk-push -q app "$REGISTRY/app")
  [[ $(index "$REGISTRY/app" | sha256sum | cut -c1-64) == "${digest#sha256:}" ]]
  index "$REGISTRY/app" > index.json
  python3 - "$(host)" "$foreign" << 'EOT'
import json, sys
index = json.load(open("index.json"))
assert index["mediaType"] == "application/vnd.oci.image.index.v1+json" and index["annotations"] == {"i": "1"}, index
assert ["/".join((m["platform"]["os"], m["platform"]["architecture"])) for m in index["manifests"]] == sys.argv[1:]
assert [m["annotations"] for m in index["manifests"]] == [{"d": "3"}, {"d": "3"}]
EOT
  local platform
  for platform in "$(host)" "$foreign"; do
    files "$REGISTRY/app" "$platform" "out-${platform#*/}"
    [[ $(< "out-${platform#*/}/arch") == "${platform#*/}" ]]
  done
  [[ $(< out-ppc64le/which) == foreign ]]
  grep -q '"annotations":{"all":"4","m":"2"}' out-ppc64le-layout/blobs/sha256/*
  run ! grep -q '"m":"2"' "out-$(host | cut -d/ -f2)-layout"/blobs/sha256/*
  husk-push app "$REGISTRY/app" 2>&1 | grep -q 'pushed 0 of'
  husk-push -q app oci:layout:app
  skopeo_copy --all oci:layout:app oci:copy:app
  must_build --platform "$(host),$foreign" -o type=oci,dest=out.tar --metadata-file meta
  mkdir unpacked && tar -C unpacked -xf out.tar
  python3 -c '
import json
meta, top = json.load(open("meta")), json.load(open("unpacked/index.json"))["manifests"]
assert len(top) == 1 and top[0]["mediaType"].endswith("image.index.v1+json"), top
assert meta["containerimage.digest"] == top[0]["digest"], meta'
  must_build --platform "$(host),$foreign" -o tree
  [[ $(cat "tree/linux_ppc64le/which" "tree/$(host | tr / _)/which") == $'foreign\nnative' ]]
  must_build --platform "$(host),$foreign" -o type=tar,dest=both.tar -o type=oci,dest=again.tar
  mkdir both && tar -C both -xf both.tar
  diff -r --no-dereference both tree
  cmp out.tar again.tar
  # Also a build that takes nothing from the cache makes once what is the same for both.
  must_build --platform "$(host),$foreign" --no-cache
  [[ $(grep -c '^\[.*\] shared-ran$' <<< "$stderr") -eq 1 ]]
  must_build --platform "$(host),$foreign" -t "$REGISTRY/both" --push --cache-to type=inline
  [[ $(index "$REGISTRY/both" | grep -o '"digest"' | wc -l) -eq 2 ]]
  # Each image has the cache of its own steps in it.
  remove_store
  must_build --platform "$(host),$foreign" --cache-from "$REGISTRY/both"
  says "[$foreign stage-1 4/4] COPY <<END /arch  CACHED"
}

@test "platforms are built side by side, and the first that fails stops the others" {
  import_busybox
  mkdir -p context meeting
  # Each waits for the other.
  dockerfile << EOT
FROM --platform=\$BUILDPLATFORM busybox
ARG TARGETARCH
RUN touch /meeting/\$TARGETARCH; i=0; until [ \$(ls /meeting | wc -l) = 2 ]; do i=\$((i + 1)); [ \$i -lt 300 ] || exit 9; sleep 0.1; done
EOT
  must_build -j2 --platform "$(host),$foreign" -v "$PWD/meeting:/meeting"
  dockerfile << EOT
FROM --platform=\$BUILDPLATFORM busybox
ARG TARGETARCH
RUN [ \$TARGETARCH != ppc64le ] || exit 7; touch /meeting/began; sleep 100; touch /meeting/ended
EOT
  build -j2 --platform "$(host),$foreign" -v "$PWD/meeting:/meeting"
  [[ $status -eq 1 && ! -e meeting/ended ]]
  says "exit code 7"
}

@test "what is wrong on the command line" {
  dockerfile <<< "FROM scratch"
  local wrong
  while read -r wrong; do
    # shellcheck disable=SC2086 # words
    build $wrong
    [[ $status -eq 2 ]] || { echo "$wrong: $stderr" >&2 && return 1; }
  done << 'EOT'
--platform linux/a/b/c/d
--platform linux/amd64,linux/arm64 -o type=docker,dest=x
--annotation index:a=b
--annotation index-descriptor:a=b
--annotation nothing:a=b
--annotation manifest[linux/amd64:a=b
--annotation index[linux/amd64]:a=b --platform linux/amd64,linux/arm64
EOT
}
