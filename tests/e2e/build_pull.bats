# shellcheck shell=bash disable=SC2030,SC2031
# Base images that have to be pulled in the middle of a build, and what is left where that goes wrong.
load helpers
load build

teardown() {
  [[ -z ${STALLED_PID:-} ]] || kill "$STALLED_PID" 2>/dev/null || true
  clean_up
}
nothing_left() { [[ -z $(find "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases" -mindepth 1) ]] || { find "$HUSK_ROOT/tmp" "$HUSK_ROOT/leases" -ls >&2; return 1; }; }
allow_http() { # REGISTRY
  mkdir -p config/containers
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$1" > config/containers/registries.conf
  export XDG_CONFIG_HOME=$PWD/config
}

# A registry that has an image whose layer stops after the first bytes; sets REGISTRY. The file "stalled" is there then.
start_stalled_registry() {
  local port
  port=$(free_port)
  REGISTRY=127.0.0.1:$port
  cat > stalled.py <<'EOP'
import hashlib, http.server, json, sys, time
def sha256(data): return "sha256:" + hashlib.sha256(data).hexdigest()
layer = "sha256:" + 64 * "1"
config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                     "rootfs": {"type": "layers", "diff_ids": [layer]}}).encode()
oci = "application/vnd.oci.image."
manifest = json.dumps({"schemaVersion": 2, "mediaType": oci + "manifest.v1+json",
    "config": {"mediaType": oci + "config.v1+json", "digest": sha256(config), "size": len(config)},
    "layers": [{"mediaType": oci + "layer.v1.tar+gzip", "digest": layer, "size": 1000000}]}).encode()
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *_): pass
    def do_GET(self):
        known = {layer: b"x", sha256(config): config}.get(self.path.rsplit("/", 1)[1], manifest)
        stalls = known == b"x"
        self.send_response(200)
        self.send_header("Content-Type", oci + "manifest.v1+json")
        self.send_header("Content-Length", "1000000" if stalls else str(len(known)))
        self.end_headers()
        if self.command == "GET": self.wfile.write(known)
        if stalls:
            self.wfile.flush()
            open("stalled", "w").close()
            time.sleep(60)
    do_HEAD = do_GET
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
EOP
  python3 stalled.py "$port" >/dev/null 2>&1 3>&- &
  STALLED_PID=$!
  wait_for_http "http://$REGISTRY/v2/"
}

@test "ctrl-C in the middle of a layer of a base image: all ends at once, nothing is left, other stages are kept" {
  import_busybox
  start_stalled_registry
  allow_http "$REGISTRY"
  dockerfile <<EOD
FROM busybox AS quick
RUN echo finished > /first
FROM $REGISTRY/me/stalled
COPY --from=quick /first /
EOD
  setsid env --default-signal=INT husk-build --network=none context 2> log &
  local pid=$! _
  for _ in {1..100}; do
    [[ -e stalled ]] && grep -q '2/2. done' log && break
    sleep 0.1
  done
  kill -INT -- "-$pid"
  exit_code_of "$pid"
  cat log
  [[ $code -eq 130 && $(tail -n 1 log) == "husk-build: interrupted" ]]
  wait_for_no_process "husk-pull .*$REGISTRY"
  nothing_left
  [[ $(husk-images -q | wc -l) -eq 1 ]]
  must_build --target quick
  says "RUN echo finished > /first  CACHED"
}

@test "a base image that can't be pulled: which, where and why; what other stages had done is kept" {
  import_busybox
  start_registry
  allow_http "$REGISTRY"
  dockerfile <<EOD
FROM busybox AS quick
RUN echo finished > /first
FROM quick AS slow
RUN sleep 987655
FROM $REGISTRY/me/missing:7 AS missing
FROM scratch
COPY --from=slow /first /
COPY --from=missing /x /x
EOD
  build -j 2
  [[ $status -eq 1 && -z $output ]]
  says "husk-build: Dockerfile:5:1: FROM $REGISTRY/me/missing:7 AS missing: no image '$REGISTRY/me/missing:7' here, and it can't be pulled: "
  says "not found"
  wait_for_no_process 'sleep 987655'
  nothing_left
  stop_registry
  REGISTRY_PID=
  build --target missing
  [[ $status -eq 1 && -z $output ]]
  says "Failed to connect to 127.0.0.1 port ${REGISTRY#*:}"
  nothing_left
}

@test "husk-pull that is asked to end in the middle of a layer leaves nothing" {
  start_stalled_registry
  husk-pull --tls-verify=false "$REGISTRY/me/stalled" > out 2> log &
  local pid=$! _
  for _ in {1..100}; do [[ -e stalled ]] && break || sleep 0.1; done
  kill -TERM "$pid"
  exit_code_of "$pid"
  [[ $code -eq 143 && ! -s out && $(tail -n 1 log) == "husk-pull: interrupted" ]]
  nothing_left
  [[ -z $(husk-images -q) ]]
}
