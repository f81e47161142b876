/**
 * Copies one revision of a model into a bucket (P3), in Python's standard library and the AWS command line. Runs in
 * the build project, and on any machine with a way to the hub where the platform has none.
 */
export const mirrorScript = `#!/usr/bin/env python3
"""Mirrors one pinned revision of a model into a bucket, each file against the hub's checksum.

usage: mirror_model.py MODEL REVISION BUCKET

Files go to models/MODEL/REVISION/; checksums.txt is written last, so a revision without it is incomplete.
HUB_TOKEN opens gated models. A revision already complete is left alone.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HUB = os.environ.get("HUB_ENDPOINT", "https://huggingface.co")
CHUNK = 8 * 1024 * 1024
OTHER_FORMATS = (".bin", ".pt", ".pth", ".h5", ".msgpack", ".onnx", ".ot", ".tflite")


def request(url):
    headers = {"User-Agent": "groundplan-mirror"}
    token = os.environ.get("HUB_TOKEN")
    if token:
        headers["Authorization"] = "Bearer " + token
    for attempt in range(6):
        try:
            return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=120)
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise
        except urllib.error.URLError:
            pass
        time.sleep(2**attempt)
    raise SystemExit("gave up on " + url)


def wanted(files):
    names = [entry["rfilename"] for entry in files]
    if not any(name.endswith(".safetensors") for name in names):
        return files
    return [
        entry
        for entry in files
        if not entry["rfilename"].endswith(OTHER_FORMATS) and not entry["rfilename"].startswith("original/")
    ]


def download(url, path):
    sha256 = hashlib.sha256()
    with request(url) as source, open(path, "wb") as target:
        while chunk := source.read(CHUNK):
            sha256.update(chunk)
            target.write(chunk)
    return sha256.hexdigest()


def git_blob(path):
    sha1 = hashlib.sha1(b"blob %d\\0" % os.path.getsize(path))
    with open(path, "rb") as source:
        while chunk := source.read(CHUNK):
            sha1.update(chunk)
    return sha1.hexdigest()


def aws(*arguments, check=True):
    return subprocess.run(["aws", *arguments], check=check, stdout=subprocess.PIPE).returncode == 0


def mirror(model, revision, bucket):
    prefix = "models/%s/%s/" % (model, revision)
    if aws("s3api", "head-object", "--bucket", bucket, "--key", prefix + "checksums.txt", check=False):
        print(prefix + " is complete")
        return
    with request("%s/api/models/%s/revision/%s?blobs=true" % (HUB, model, revision)) as answer:
        info = json.load(answer)
    if info["sha"] != revision:
        raise SystemExit("%s is not a full commit of %s; it is %s now" % (revision, model, info["sha"]))
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        for entry in sorted(wanted(info["siblings"]), key=lambda each: each["rfilename"]):
            name = entry["rfilename"]
            found = download("%s/%s/resolve/%s/%s" % (HUB, model, revision, name), path)
            if "lfs" in entry:
                asked, got = entry["lfs"]["sha256"], found
            else:
                asked, got = entry["blobId"], git_blob(path)
            if asked != got:
                raise SystemExit("%s: checksum %s, the hub says %s" % (name, got, asked))
            aws("s3", "cp", "--only-show-errors", path, "s3://%s/%s%s" % (bucket, prefix, name))
            lines.append("%s  %s\\n" % (found, name))
            print(name + " matches")
        with open(path, "w") as target:
            target.writelines(lines)
        aws("s3", "cp", "--only-show-errors", path, "s3://%s/%schecksums.txt" % (bucket, prefix))
    print(prefix + " mirrored: %d files" % len(lines))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    mirror(*sys.argv[1:])
`;
