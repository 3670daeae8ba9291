"""Make the Taguette fixtures of this folder with Taguette itself, through its web application.

    python make.py FOLDER CODEBOOK.csv TEXT.html...

Needs Taguette in a virtual environment of its own (``pip install taguette==1.5.2``); run this with the Python
of that environment. It starts ``taguette server`` on the loopback address, registers two coders, imports the
codebook, adds the texts, highlights passages as the page does (positions in UTF-8 bytes) and downloads what
the menu offers. The texts are invented. No password and no e-mail address gets into the exports.
"""

from __future__ import annotations

import html
import http.cookiejar
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

EXPORTS = (
    ("project.sqlite3", "project.sqlite3"),
    ("highlights.csv", "highlights/.csv"),
    ("highlights.xlsx", "highlights/.xlsx"),
    ("codebook.csv", "codebook.csv"),
    ("codebook.xlsx", "codebook.xlsx"),
    ("codebook.qdc", "codebook.qdc"),
)
# Who marks which words of which text with the tags whose names hold these words.
PASSAGES = (
    ("ana", "forum", "Warga dan dinas sudah saling percaya 🤝 sejak banjir", ("SC3", "mendukung", "fakta")),
    ("ana", "forum", "rapat bulanan", ("CP1", "mendukung")),
    ("budi", "forum", "rapat bulanan", ("CP1", "menghambat")),
    ("budi", "forum", "dana operasional tidak pernah cair", ("FL2",)),
    ("ana", "notes", "Réunion e\u0301tonnante مرحبا", ("ID1",)),
    ("budi", "notes", "second & third rows", ("interesting",)),
    ("ana", "notes", "bold words across", ()),
)
CONFIG = """
NAME, BIND_ADDRESS, PORT, BASE_PATH, DOMAIN = "fixtures", "127.0.0.1", {port}, "/", "localhost"
SECRET_KEY, DATABASE, EMAIL, TOS_FILE = "fixtures only", "sqlite:///{database}", "fixtures@example.org", None
MAIL_SERVER = {{"ssl": False, "host": "localhost", "port": 25}}
COOKIES_PROMPT, X_HEADERS, REGISTRATION_ENABLED = False, False, True
"""


class Session:
    """One person at the web page."""

    def __init__(self, base: str, login: str) -> None:
        self.base, self.jar = base, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.get("/register")
        self.form("/register", login=login, password1="fixtures-only", password2="fixtures-only", email="")

    @property
    def token(self) -> str:
        return next(cookie.value for cookie in self.jar if cookie.name == "_xsrf")

    def get(self, path: str) -> bytes:
        return self.opener.open(self.base + path).read()

    def form(self, path: str, **fields: str) -> str:
        data = urllib.parse.urlencode({**fields, "_xsrf": self.token}).encode()
        return self.opener.open(self.base + path, data).url

    def json(self, path: str, method: str = "POST", **values: object) -> dict:
        headers = {"Content-Type": "application/json", "X-XSRFToken": self.token}
        request = urllib.request.Request(
            self.base + path, json.dumps(values).encode(), headers, method=method
        )
        try:
            return json.loads(self.opener.open(request).read() or b"{}")
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{path}: {error}") from error

    def upload(self, path: str, file: Path, **fields: str) -> bytes:
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {**fields, "_xsrf": self.token}.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
        kind = "text/html" if file.suffix == ".html" else "text/plain"
        parts.append(head.encode() + f"Content-Type: {kind}\r\n\r\n".encode() + file.read_bytes() + b"\r\n")
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        body = b"".join(parts) + f"--{edge}--\r\n".encode()
        return self.opener.open(urllib.request.Request(self.base + path, body, headers)).read()


def import_codebook(session: Session, project: str, codebook: Path) -> None:
    page = session.upload(f"/project/{project}/import_codebook", codebook).decode()
    fields = {}
    for name, value in re.findall(r'name="(tag\d+-(?:path|description))" value="([^"]*)"', page):
        fields[name] = re.sub(r"[\r\n]", "", html.unescape(value))
        if name.endswith("path"):
            fields[name.replace("path", "import")] = "on"
    session.form(f"/project/{project}/import_codebook", **fields)


def plain(contents: str) -> str:
    from bs4 import BeautifulSoup

    return BeautifulSoup(contents, "html5lib").get_text()


def main(folder: Path, codebook: Path, texts: list[Path]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as work:
        config = Path(work) / "config.py"
        config.write_text(CONFIG.format(port=port, database=Path(work) / "taguette.sqlite3"))
        command = [str(Path(sys.executable).with_name("taguette")), "server", str(config)]
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            drive(f"http://127.0.0.1:{port}", folder, codebook, texts)
        finally:
            server.terminate()


def drive(base: str, folder: Path, codebook: Path, texts: list[Path]) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{base}/health").read()
            break
        except OSError:
            time.sleep(0.2)
    people = {login: Session(base, login) for login in ("ana", "budi")}
    ana = people["ana"]
    url = ana.form("/project/new", name="Kota X", description="invented")
    project = url.rstrip("/").rpartition("/")[2]
    ana.json(f"/api/project/{project}/members", "PATCH", budi={"privileges": "ADMIN"})
    import_codebook(ana, project, codebook)
    documents, contents = {}, {}
    for text in texts:
        made = json.loads(
            ana.upload(f"/api/project/{project}/document/new", text, name=text.stem, description="")
        )
        documents[text.stem] = made["created"]
        shown = json.loads(ana.get(f"/api/project/{project}/document/{made['created']}/contents"))
        contents[text.stem] = plain(shown["contents"][0]["contents"])
    events = ana.get(f"/project/{project}").decode()
    tags = {
        tag["path"]: tag["id"]
        for tag in json.loads(re.search(r"var tags = (\{.*?\});", events, re.S)[1]).values()
    }
    for login, document, words, marks in PASSAGES:
        assert words in contents[document], (words, contents[document])
        start = len(contents[document][: contents[document].index(words)].encode())
        chosen = [key for path, key in sorted(tags.items()) for mark in marks if mark in path]
        assert len(chosen) == len(marks), (marks, sorted(tags))
        people[login].json(
            f"/api/project/{project}/document/{documents[document]}/highlight/new",
            start_offset=start,
            end_offset=start + len(words.encode()),
            tags=chosen,
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in EXPORTS:
        (folder / name).write_bytes(ana.get(f"/project/{project}/export/{path}"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
