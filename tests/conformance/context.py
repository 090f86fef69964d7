"""The base image and the build context of the cases in dockerfiles/.

They are made each time, for git keeps neither modes nor hard links."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import shutil
import tarfile

TIME = 1700000000
APPLETS = ("sh ash cat ls id echo test [ touch chmod chown mkdir mkfifo ln rm mv cp stat env cut sort grep tr true false "
           "pwd head sed find").split()
PASSWD = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"
GROUP = "root:x:0:\napp:x:1000:\nwheel:x:10:app\n"


def add(archive, name, *, data=None, mode=0o644, kind=tarfile.REGTYPE, link="", owner=(0, 0)):
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.mtime, entry.linkname = kind, mode, TIME, link
    entry.uid, entry.gid = owner
    entry.size = len(data or b"")
    archive.addfile(entry, io.BytesIO(data) if data else None)


def base_tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in ("bin", "dev", "etc", "home", "proc", "root", "run", "sys", "tmp", "var"):
            add(archive, name, kind=tarfile.DIRTYPE, mode=0o1777 if name == "tmp" else 0o755)
        add(archive, "home/app", kind=tarfile.DIRTYPE, mode=0o755, owner=(1000, 1000))
        with open(shutil.which("busybox"), "rb") as file:
            add(archive, "bin/busybox", data=file.read(), mode=0o755)
        for applet in APPLETS:
            add(archive, "bin/" + applet, kind=tarfile.SYMTYPE, link="busybox")
        files = {"passwd": PASSWD, "group": GROUP, "hostname": "base\n", "hosts": "", "resolv.conf": ""}
        for name, text in files.items():
            add(archive, "etc/" + name, data=text.encode())
    return out.getvalue()


def write_base(layout):
    """The base image as an OCI layout."""
    os.makedirs(layout + "/blobs/sha256")

    def put(media_type, data):
        digest = hashlib.sha256(data).hexdigest()
        with open(f"{layout}/blobs/sha256/{digest}", "wb") as file:
            file.write(data)
        media_type = "application/vnd.oci.image." + media_type
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data)}

    tar = base_tar()
    config = {
        "created": "2023-11-14T22:13:20Z", "architecture": "amd64", "os": "linux",
        "config": {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Cmd": ["sh"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest()]},
        "history": [{"created": "2023-11-14T22:13:20Z", "created_by": "base"}],
    }
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": put("config.v1+json", json.dumps(config).encode()),
        "layers": [put("layer.v1.tar+gzip", gzip.compress(tar, 1, mtime=0))],
    }
    described = put("manifest.v1+json", json.dumps(manifest).encode())
    described["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    index = {"schemaVersion": 2, "manifests": [described]}
    for name, value in (("index.json", index), ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
        with open(f"{layout}/{name}", "w", encoding="utf-8") as file:
            json.dump(value, file)


def write_archives(context):
    """The same tar in several forms, under a name that doesn't say what it is, and files that only look like one."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        add(archive, "a", data=b"a\n", mode=0o640, owner=(5, 6))
        add(archive, "sub", kind=tarfile.DIRTYPE, mode=0o750, owner=(5, 6))
        add(archive, "sub/setuid", data=b"s\n", mode=0o4755)
        add(archive, "sub/link", kind=tarfile.SYMTYPE, link="../a")
        add(archive, "hard", kind=tarfile.LNKTYPE, link="a", mode=0o640, owner=(5, 6))
        add(archive, "pipe", kind=tarfile.FIFOTYPE)
    tar = out.getvalue()
    packed = {"": tar, ".gz": gzip.compress(tar, mtime=0), ".bz2": bz2.compress(tar), ".xz": lzma.compress(tar)}
    for suffix, data in packed.items():
        with open(f"{context}/archive.tar{suffix}", "wb") as file:
            file.write(data)
    shutil.copy(context + "/archive.tar", context + "/archive.data")
    with open(context + "/fake.tar.gz", "w", encoding="utf-8") as file:
        file.write("no archive\n")
    with open(context + "/plain.gz", "wb") as file:
        file.write(gzip.compress(b"compressed, and no archive\n", mtime=0))


def write_context(context):
    files = {
        "file.txt": 0o644, "script.sh": 0o755, "private": 0o600, "ünï.txt": 0o644, "with space/na me.txt": 0o644,
        "dir/a.txt": 0o644, "dir/b.txt": 0o664, "dir/.hidden": 0o644, "dir/sub/c.txt": 0o644, "deep/a/b/c/d.txt": 0o644,
        "glob/x1.txt": 0o644, "glob/x2.txt": 0o644, "glob/y1.txt": 0o644, "glob/y1.log": 0o644, "hard/one": 0o644,
        "names/-dash": 0o644, "names/quote'\"": 0o644, "names/back\\slash": 0o644, "names/star*": 0o644,
        "names/$dollar": 0o644,
    }
    for name, mode in files.items():
        path = os.path.join(context, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(os.path.basename(name).split(".")[0] + "\n")
        os.chmod(path, mode)
    os.makedirs(context + "/emptydir")
    os.makedirs(context + "/special")
    os.mkfifo(context + "/special/pipe")
    os.link(context + "/hard/one", context + "/hard/two")
    os.symlink("a.txt", context + "/dir/link")
    os.symlink("/nowhere", context + "/dir/dangling")
    os.symlink("dir", context + "/dirlink")
    os.symlink("file.txt", context + "/filelink")
    write_archives(context)
    for directory, _, _ in os.walk(context):
        os.chmod(directory, 0o755)
