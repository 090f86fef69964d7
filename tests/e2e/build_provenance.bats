# shellcheck shell=bash
# husk-build --provenance: how an image was made, as an attestation beside it. Servers are on the loopback.
load helpers
load images
load build

teardown() {
  [[ ! -d podman ]] || mapped rm -rf podman podman-run
  clean_up
}

write_context() {
  import_busybox
  mkdir -p context
  echo file > context/file
  dockerfile <<'EOT'
FROM busybox AS made
ARG WORD=default
RUN echo "$WORD" > /word
FROM busybox
COPY file /dir/file
COPY --from=made /word /dir/
EOT
}

# What lies at a registry, in a layout or in an archive, as a layout.
to_layout() { skopeo_copy --all "$1" "oci:$2:x"; }

# Checks the attestations of an image in a layout: one for each image of the index, behind them all, and each about the
# manifest that the index names. Prints the predicates, one a line.
predicates() { # LAYOUT
  python3 - "$1" << 'EOT'
import hashlib, json, sys
def blob(descriptor):
    algorithm, hexadecimal = descriptor["digest"].split(":")
    content = open(f"{sys.argv[1]}/blobs/{algorithm}/{hexadecimal}", "rb").read()
    assert hashlib.new(algorithm, content).hexdigest() == hexadecimal and len(content) == descriptor["size"]
    return json.loads(content)
[top] = json.load(open(f"{sys.argv[1]}/index.json"))["manifests"]
assert top["mediaType"] == "application/vnd.oci.image.index.v1+json", top
entries = blob(top)["manifests"]
images, attestations = entries[:len(entries) // 2], entries[len(entries) // 2:]
assert len(images) == len(attestations) > 0
for image, entry in zip(images, attestations):
    assert image["platform"]["os"] == "linux"
    assert entry["platform"] == {"architecture": "unknown", "os": "unknown"}
    assert entry["annotations"] == {"vnd.docker.reference.type": "attestation-manifest",
                                    "vnd.docker.reference.digest": image["digest"]}
    manifest = blob(entry)
    [layer] = manifest["layers"]
    config = blob(manifest["config"])
    assert config["os"] == "unknown" and config["rootfs"]["diff_ids"] == [layer["digest"]]
    statement = blob(layer)
    assert layer["mediaType"] == "application/vnd.in-toto+json"
    assert layer["annotations"] == {"in-toto.io/predicate-type": statement["predicateType"]}
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    for subject in statement["subject"]:
        assert subject["digest"] == {"sha256": image["digest"][7:]}, (subject, image)
        assert subject["name"] == "_" or subject["name"].endswith("platform=" + "%2F".join(
            image["platform"][part] for part in ("os", "architecture", "variant") if part in image["platform"]))
    # What can be run of it is there, too.
    for descriptor in blob(image)["layers"]:
        open(f"{sys.argv[1]}/blobs/sha256/{descriptor['digest'][7:]}").close()
    print(json.dumps(statement["predicate"]))
EOT
}
# Asserts a Python expression of the predicate P.
holds() { # LAYOUT EXPRESSION...
  local layout=$1 expression
  shift
  predicates "$layout" > predicate
  for expression in "$@"; do
    python3 -c 'import json, sys; p = json.loads(open("predicate").readline()); assert eval(sys.argv[1]), p' "$expression"
  done
}
root_of() { python3 -c 'import json; print(json.load(open("meta"))["containerimage.digest"])'; }

@test "none without being asked for; what can't be had is refused" {
  write_context
  must_build --metadata-file meta
  local plain=$id option
  for option in --provenance=false --provenance=0 --attest=type=provenance,disabled=true; do
    must_build "$option" --metadata-file other
    [[ $id == "$plain" ]]
    cmp meta other
  done
  for option in --provenance=full --provenance=mode=most --provenance=version=v3 --provenance=generator=x --attest=type=sbom \
    --attest=mode=max; do
    build "$option"
    [[ $status -eq 2 ]] || { echo "$option" >&2 && return 1; }
    says "${option%%=*}"
  done
  says "husk-build writes no attestation of type ''"
  build --provenance=min --attest type=provenance
  [[ $status -eq 2 ]]
  says "the provenance is asked for twice"
}

@test "min: what it was made from; the same image, whatever is said about it" {
  write_context
  must_build --build-arg WORD=word-of-the-test
  local plain=$id base
  must_build --provenance=true --build-arg WORD=word-of-the-test -t app:1 -t me/app:2 -o type=oci,dest=app.tar --metadata-file meta
  [[ $id == "$plain" ]]
  mkdir app && tar -C app -xf app.tar
  [[ $(root_of) == "$(python3 -c 'import json; print(json.load(open("app/index.json"))["manifests"][0]["digest"])')" ]]
  to_layout oci:app:1 layout
  base=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["manifest"]["digest"][7:])' "$HUSK_ROOT/refs/docker.io/library/busybox/:latest")
  holds layout \
    "p['buildDefinition']['resolvedDependencies'] == [{'uri': 'pkg:docker/busybox@latest?platform=' + p['buildDefinition']['internalParameters']['builderPlatform'].replace('/', '%2F'), 'digest': {'sha256': '$base'}}]" \
    "p['buildDefinition']['externalParameters']['configSource'] == {'path': 'Dockerfile'}" \
    "p['buildDefinition']['externalParameters']['request']['args'] == {}" \
    "p['buildDefinition']['externalParameters']['request']['locals'] == [{'name': 'context'}, {'name': 'dockerfile'}]" \
    "p['runDetails']['metadata']['buildkit_completeness'] == {'request': False, 'resolvedDependencies': False}" \
    "p['runDetails']['metadata']['startedOn'] <= p['runDetails']['metadata']['finishedOn']" \
    "len(p['runDetails']['metadata']['invocationId']) == 32"
  grep -rq pkg:docker/me/app@2 layout/blobs
  must_build --provenance=min --build-arg WORD=word-of-the-test --label l=label-of-the-test -o type=oci,dest=labelled.tar
  to_layout oci-archive:labelled.tar labelled
  holds labelled "not p['runDetails']['metadata']['buildkit_completeness']['request']"
  run ! grep -e word-of-the-test -e label-of-the-test predicate
  # Arguments that were not given need not be left out.
  must_build --provenance=mode=min,version=v0.2,builder-id=https://example.com/b -o type=oci,dest=old.tar
  to_layout oci-archive:old.tar old
  holds old "p['metadata']['completeness']['parameters']" "p['builder']['id'] == 'https://example.com/b'" \
    "p['buildType'] == 'https://mobyproject.org/buildkit@v1'"
}

@test "max: arguments, labels, the Dockerfile, the names of secrets; and no secret's value" {
  write_context
  local canary=Canary-provenance-b81d05c64f2a
  export CANARY=$canary
  sed -i 's/^RUN/RUN --mount=type=secret,id=token,env=T --mount=type=ssh --mount=type=secret,id=must,required/' context/Dockerfile
  must_build --provenance=max --build-arg WORD=word --build-arg https_proxy=http://me:"$canary"@127.0.0.1:1 --label l=v \
    --secret id=token,env=CANARY --secret id=must,env=CANARY -t app -o type=oci,dest=app.tar -o out
  to_layout oci-archive:app.tar layout
  holds layout \
    "p['buildDefinition']['externalParameters']['request']['args'] == {'build-arg:WORD': 'word', 'build-arg:https_proxy': 'http://127.0.0.1:1', 'label:l': 'v'}" \
    "p['buildDefinition']['externalParameters']['request']['secrets'] == [{'id': 'must'}, {'id': 'token', 'optional': True}]" \
    "p['buildDefinition']['externalParameters']['request']['ssh'] == [{'id': 'default', 'optional': True}]" \
    "p['runDetails']['metadata']['buildkit_completeness']['request']" \
    "__import__('base64').b64decode(p['runDetails']['metadata']['buildkit_metadata']['source']['infos'][0]['data']) == open('context/Dockerfile', 'rb').read()"
  find_canary "$canary" "$HUSK_ROOT" layout out app.tar predicate
}

@test "registry: pushed by the build, or later; podman, skopeo and husk take the image and not what is said about it" {
  write_context && start_registry
  must_build --provenance=mode=max -t "$REGISTRY/me/app" -o "type=image,push=true,registry.insecure=true" --metadata-file meta
  [[ $(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$REGISTRY/me/app") == "$(root_of)" ]]
  skopeo inspect --tls-verify=false --raw "docker://$REGISTRY/me/app" | grep -q attestation-manifest
  to_layout "docker://$REGISTRY/me/app" layout
  predicates layout > pushed
  grep -q "pkg:docker/$REGISTRY/me/app@latest" -r layout/blobs
  # oci-image-tool refuses an index with a layer that is no tar.
  skopeo_copy "docker://$REGISTRY/me/app" oci:alone:x
  oci-image-tool validate --type image --ref name=x alone
  # Built first: what is said is about the manifest that only the push makes.
  husk-rmi "$id" > /dev/null
  must_build --no-cache --provenance=min -t "$REGISTRY/me/later"
  husk-fsck --full
  husk-push -q --tls-verify=false "$REGISTRY/me/later"
  to_layout "docker://$REGISTRY/me/later" later
  predicates later
  # The next push has nothing to do, and another place gets the same.
  husk-push -q "$REGISTRY/me/later" "oci:again:x"
  cmp <(grep -o 'sha256:[0-9a-f]*' later/index.json) <(grep -o 'sha256:[0-9a-f]*' again/index.json)
  predicates again
  local id_there=$id
  husk-rmi "$REGISTRY/me/later" > /dev/null
  husk-pull -q --tls-verify=false "$REGISTRY/me/later"
  [[ $(husk-images -q --no-trunc "$REGISTRY/me/later") == "$id_there" ]]
  [[ $(husk-run --rm --network=none "$REGISTRY/me/later" cat /dir/word) == default ]]
  husk-push -q --tls-verify=false "$REGISTRY/me/later" "$REGISTRY/me/copy"
  skopeo inspect --tls-verify=false "docker://$REGISTRY/me/copy" > /dev/null
  run ! husk-pull -q --tls-verify=false --platform unknown/unknown "$REGISTRY/me/later"
  has_subordinate_ids || return 0
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' > policy.json
  podman --root "$PWD/podman" --runroot "$PWD/podman-run" --storage-driver vfs pull -q --tls-verify=false \
    --signature-policy policy.json "$REGISTRY/me/later" > pulled
  [[ $(< pulled) == "${id_there#sha256:}" ]]
  podman --root "$PWD/podman" --runroot "$PWD/podman-run" --storage-driver vfs run --rm --network host \
    "$REGISTRY/me/later" cat /dir/word 2> runtime.errors > word ||
    skip_or_fail "podman can't run anything here: $(tail -n 1 runtime.errors)"
  [[ $(< word) == default ]]
}

@test "the store keeps it with the image, and lets it go with the image" {
  write_context
  must_build --provenance=max -t app
  local kept
  kept=$(grep -rl slsa.dev/provenance "$HUSK_ROOT/blobs" | sort)
  [[ $(wc -l <<< "$kept") -eq 2 ]] # statement and manifest
  husk-fsck --full --repair
  [[ $(grep -rl slsa.dev/provenance "$HUSK_ROOT/blobs" | sort) == "$kept" ]]
  husk-push -q app oci:one:x
  predicates one
  # Another name, built without, has nothing said about it, also when the first is pushed.
  must_build -t plain
  husk-push -q app oci:two:x
  husk-push -q plain oci:three:x
  run ! predicates three
  # Without its statement the image is whole, and the rest of the attestation goes.
  husk-fsck --repair # what the pushes have replaced goes
  rm -f "$(grep -rl in-toto.io/Statement "$HUSK_ROOT/blobs")"
  run husk-fsck
  [[ $status -ne 0 && $output == *"the attestation sha256:"*" needs the blob sha256:"*", which is missing"* ]]
  husk-fsck --repair
  husk-fsck
  husk-push -q app oci:four:x
  run ! predicates four
  husk-run --rm --network=none app cat /dir/word
  husk-rmi app plain > /dev/null
  husk-build --no-cache -q --network=none --provenance=min -t app context
  husk-rmi app > /dev/null
  [[ -z $(grep -rl -e slsa.dev/provenance "$HUSK_ROOT/blobs") ]]
}

@test "reproducible: with SOURCE_DATE_EPOCH the same is said of the same" {
  export SOURCE_DATE_EPOCH=1700000000
  write_context
  must_build --provenance=mode=max,reproducible=true -o type=oci,rewrite-timestamp=true,dest=one.tar
  local first=$id
  sleep 1
  HUSK_ROOT=$PWD/other import_busybox
  cp -a context elsewhere
  CONTEXT=elsewhere HUSK_ROOT=$PWD/other must_build --provenance=mode=max,reproducible=true -o type=oci,rewrite-timestamp=true,dest=two.tar
  HUSK_ROOT=$PWD/other remove_store
  [[ $id == "$first" ]]
  cmp one.tar two.tar
  to_layout oci-archive:one.tar layout
  holds layout "p['runDetails']['metadata']['startedOn'] == p['runDetails']['metadata']['finishedOn'] == '2023-11-14T22:13:20Z'" \
    "'invocationId' not in p['runDetails']['metadata']" "p['runDetails']['metadata']['buildkit_reproducible']"
}

@test "materials: files and archives of the web, repositories, images, directories and layouts" {
  write_context
  start_server "$(free_port)"
  local url=http://127.0.0.1:$PORT
  husk-push -q busybox oci:base:x
  mkdir assets && echo asset > assets/asset
  git -c init.defaultBranch=main init -q repository
  git -C repository -c user.name=a -c user.email=a@b commit -q --allow-empty -m one
  git -C repository rev-parse HEAD > commit
  git clone -q --bare repository served/repository.git
  git -C served/repository.git update-server-info
  tar -C context -cf served/context.tar .
  dockerfile <<EOT
FROM based AS first
ADD $url/file /file
ADD $url/repository.git#main /repository
COPY --from=assets asset /
FROM busybox
COPY --from=first /file /
COPY --from=renamed /etc/passwd /passwd
EOT
  local -a options=(--provenance=min --build-context "based=oci-layout://$PWD/base:x" --build-context assets=assets
    --build-context renamed=docker-image://busybox:latest -o type=oci,dest=app.tar)
  must_build "${options[@]}"
  to_layout oci-archive:app.tar layout
  local platform
  platform=$(predicates layout | python3 -c 'import json, sys; print(json.load(sys.stdin)["buildDefinition"]["internalParameters"]["builderPlatform"].replace("/", "%2F"))')
  holds layout \
    "sorted(m['uri'] for m in p['buildDefinition']['resolvedDependencies']) == sorted(['$url/file', '$url/repository.git#main', 'pkg:oci/base?platform=$platform', 'pkg:docker/busybox@latest?platform=$platform'])" \
    "{m['uri']: m['digest'] for m in p['buildDefinition']['resolvedDependencies']}['$url/repository.git#main'] == {'sha1': '$(< commit)'}" \
    "{m['uri']: m['digest'] for m in p['buildDefinition']['resolvedDependencies']}['$url/file'] == {'sha256': '$(sha256sum < served/file | cut -c1-64)'}" \
    "p['buildDefinition']['externalParameters']['request']['locals'] == [{'name': 'context'}, {'name': 'dockerfile'}, {'name': 'assets'}]" \
    "p['buildDefinition']['externalParameters']['request']['args'] == {'context:based': 'oci-layout://base', 'context:assets': 'local:assets', 'context:renamed': 'docker-image://busybox:latest'}"
  # From the cache it is the same.
  cp predicate before
  must_build "${options[@]}"
  says_not " ran in"
  to_layout oci-archive:app.tar cached
  holds cached "p['buildDefinition'] == json.load(open('before'))['buildDefinition']"
  # A context that is all known.
  dockerfile <<< $'FROM scratch\nCOPY file /'
  tar -C context -cf served/context.tar .
  CONTEXT=$url/context.tar must_build --provenance=mode=max -o type=oci,dest=remote.tar
  to_layout oci-archive:remote.tar remote
  holds remote "p['buildDefinition']['externalParameters']['configSource'] == {'uri': '$url/context.tar', 'digest': {'sha256': '$(sha256sum < served/context.tar | cut -c1-64)'}, 'path': 'Dockerfile'}" \
    "p['buildDefinition']['externalParameters']['request']['locals'] == []" \
    "p['runDetails']['metadata']['buildkit_completeness'] == {'request': True, 'resolvedDependencies': True}" \
    "p['runDetails']['metadata']['buildkit_hermetic']"
}

@test "files: -o local and tar have provenance.json beside them, about each" {
  write_context
  echo 'RUN ln /dir/file /dir/hard && truncate -s 1M /sparse && echo end >> /sparse && echo old > /provenance.json' >> context/Dockerfile
  must_build --provenance=max -o out -o type=tar,dest=out.tar
  [[ $(stat -c %a out/provenance.json) == 600 ]]
  python3 - << 'EOT'
import hashlib, json, os
statement = json.load(open("out/provenance.json"))
assert statement["predicateType"] == "https://slsa.dev/provenance/v1"
subjects = {s["name"]: s["digest"]["sha256"] for s in statement["subject"]}
expected = {}
for directory, _, names in os.walk("out"):
    for name in names:
        path = os.path.join(directory, name)
        if not os.path.islink(path) and path != "out/provenance.json":
            expected[os.path.relpath(path, "out")] = hashlib.sha256(open(path, "rb").read()).hexdigest()
old = subjects.pop("provenance.json")
assert old == hashlib.sha256(b"old\n").hexdigest()
assert subjects == expected, set(subjects.items()) ^ set(expected.items())
assert "dir/hard" in subjects and "sparse" in subjects
EOT
  tar -xOf out.tar provenance.json | python3 -c 'import json, sys; json.load(sys.stdin)'
  must_build --provenance=mode=min,inline-only=true -o plain
  [[ $(< plain/provenance.json) == old ]]
  must_build --provenance=mode=min,filename=made.json -o named
  [[ $(< named/provenance.json) == old && -s named/made.json ]]
}

@test "several platforms: each has its own; index annotations; type=docker has the image alone" {
  write_context
  printf 'FROM scratch\nCOPY file /\n' > context/Dockerfile
  must_build --provenance=min --platform linux/amd64,linux/arm/v7 -t app -o type=oci,dest=app.tar -o type=image -o out
  to_layout oci-archive:app.tar layout
  [[ $(predicates layout | wc -l) -eq 2 ]]
  python3 -m json.tool out/linux_amd64/provenance.json > /dev/null
  python3 -m json.tool out/linux_arm_v7/provenance.json > /dev/null
  husk-push -q app oci:pushed:x
  [[ $(predicates pushed | wc -l) -eq 2 ]]
  must_build --provenance=min --annotation index:a=b -t app -o type=oci,dest=one.tar -o type=docker,dest=docker.tar
  to_layout oci-archive:one.tar one
  predicates one
  grep -rq '"annotations":{"a":"b"}' one/blobs
  tar -xOf docker.tar manifest.json | grep -q 'docker.io/library/app:latest'
  skopeo inspect --raw docker-archive:docker.tar:docker.io/library/app:latest > /dev/null
}
