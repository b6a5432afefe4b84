#!/usr/bin/env python3
"""The database tests once more, against a PostgreSQL that somebody else runs: an older major, over TCP.

Debian's own server when it is there or can be installed (root); else the binaries of the wheel, run as a stranger
would.
"""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LEAVE_OUT = ("host", "ui", "criteria", "browser", "lib", "field")  # need no database, or bring their own
PASSWORD = "only-on-loopback"


def binaries():
    """The newest server of the system, installed if we may; the wheel's otherwise."""
    if not glob.glob("/usr/lib/postgresql/*/bin/initdb") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environ = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        subprocess.call(["apt-get", "update"], env=environ, **quiet)
        subprocess.call(["apt-get", "install", "-y", "--no-install-recommends", "postgresql"], env=environ, **quiet)
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[4]))
    if found:
        return found[-1]
    code = "from langso.host.binaries import find; print(find().root / 'bin')"
    python = os.path.join(ROOT, os.environ.get("LANGSO_VENV") or ".venv", "bin", "python")
    return subprocess.check_output([python, "-c", code], text=True).strip()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def account():
    """Who runs the server: it refuses root."""
    if os.geteuid():
        return {}
    for name in ("postgres", "nobody"):
        try:
            return {"user": pwd.getpwnam(name).pw_uid, "group": pwd.getpwnam(name).pw_gid}
        except KeyError:
            continue
    return {}


def main():
    bin_folder, who, port = binaries(), account(), free_port()
    place = tempfile.mkdtemp(prefix="langso-external-")
    if who:
        os.chown(place, who["user"], who["group"])
    environ = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    data, secret = os.path.join(place, "data"), os.path.join(place, "secret")
    with open(secret, "w") as file:
        file.write(PASSWORD)
    os.chmod(secret, 0o644)

    def pg(program, *args):
        subprocess.check_call([os.path.join(bin_folder, program), *args], env=environ, cwd=place, **who)

    pg("initdb", "-D", data, "-U", "boss", "-E", "UTF8", "--auth=scram-sha-256", f"--pwfile={secret}")
    options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c fsync=off"
    pg("pg_ctl", "-D", data, "-w", "-l", os.path.join(place, "log"), "-o", options, "start")
    try:
        admin = f"postgresql://boss:{PASSWORD}@127.0.0.1:{port}/postgres"
        version = _sql(admin, "select version()")
        _sql(admin, f"create role province login createdb createrole password '{PASSWORD}'")
        _sql(admin, "create database langso owner province")
        print(f"PostgreSQL bên ngoài: {version.split(' on ')[0]}", flush=True)
        url = f"postgresql://province:{PASSWORD}@127.0.0.1:{port}/langso"
        left_out = [f"--ignore=tests/{name}" for name in LEAVE_OUT]
        just = [sys.executable, os.path.join(ROOT, "just.py"), "test", "--database-url", url]
        return subprocess.call([*just, "-n", "2", "--dist", "loadfile", "tests", *left_out], cwd=ROOT)
    finally:
        pg("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(place, ignore_errors=True)


def _sql(url, statement):
    python = os.path.join(ROOT, os.environ.get("LANGSO_VENV") or ".venv", "bin", "python")
    code = (
        "import sys, psycopg\n"
        "with psycopg.connect(sys.argv[1], autocommit=True) as c:\n"
        "    found = c.execute(sys.argv[2])\n"
        "    print(found.fetchone()[0] if found.description else '')"
    )
    return subprocess.check_output([python, "-c", code, url, statement], text=True).strip()


if __name__ == "__main__":
    sys.exit(main())
