"""REFI-QDA projects (.qdpx, .qde) and codebooks (.qdc), as the programs really write them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

from cgutils.data.errors import CgutilsError
from cgutils.exchange.qda.archives import (
    MAX_TEXT_BYTES,
    MAX_XML_BYTES,
    children,
    local,
    open_archive,
    read_xml,
)
from cgutils.exchange.qda.refi_project import (
    Fetch,
    Project,
    codes_of,
    guid,
    note_text,
    take_cases,
    take_facts,
)
from cgutils.exchange.qda.refi_sources import Parts, walk_source
from cgutils.exchange.qda.refi_writing import ORIGIN
from cgutils.exchange.qda.segments import QdaFile
from cgutils.exchange.qda.textparts import segments_of, title_of

PROJECT, CODEBOOK = "REFI-QDA project", "REFI-QDA codebook"
_SOURCES = "sources"


def read_refi_archive(path: Path) -> QdaFile:
    """Read a ``.qdpx``.

    Parameters
    ----------
    path : Path
        The archive.

    Returns
    -------
    QdaFile
        Its coded segments; the positions in each text are read as `fit_all` finds them.

    Raises
    ------
    CgutilsError
        Where it is no such archive, or is not safe to unpack.
    """
    with open_archive(path, "a REFI-QDA project (.qdpx)") as archive:
        names = archive.names
        projects = [name for name in names if PurePosixPath(name).suffix.lower() == ".qde"]
        top = [name for name in projects if "/" not in name] or projects
        if len(top) != 1:
            said = f"{len(top)} projects ({', '.join(top[:3])})" if top else "no project (.qde)"
            raise CgutilsError(f"{path.name}: {said} in it, where one is needed. Export it again.")
        packed = {
            PurePosixPath(name).name.casefold(): name
            for name in names
            if _SOURCES in [part.casefold() for part in PurePosixPath(name).parts[:-1]]
        }

        def fetch(wanted: str) -> bytes | None:
            name = packed.get(wanted.casefold())
            return None if name is None else archive.read(name)

        return _read(path.name, read_xml(archive.read(top[0]), f"{path.name}, {top[0]}"), fetch)


def read_refi_xml(path: Path) -> QdaFile:
    """Read a ``.qde`` that lies beside its folder ``sources``, or a codebook (``.qdc``)."""
    size = path.stat().st_size
    if size > MAX_XML_BYTES:
        raise CgutilsError(
            f"{path.name}: {size:,} bytes; at most {MAX_XML_BYTES:,} are read. Check the file."
        )
    root = read_xml(path.read_bytes(), path.name)
    folders = [place for place in sorted(path.parent.iterdir()) if place.name.casefold() == _SOURCES]
    files = {
        place.name.casefold(): place
        for folder in folders
        if folder.is_dir() and not folder.is_symlink()
        for place in sorted(folder.iterdir())
        if place.is_file() and not place.is_symlink()
    }

    def fetch(wanted: str) -> bytes | None:
        place = files.get(wanted.casefold())
        if place is None or place.stat().st_size > MAX_TEXT_BYTES:
            return None
        return place.read_bytes()

    return _read(path.name, root, fetch)


def _read(name: str, root: Element, fetch: Fetch) -> QdaFile:
    kind = local(root)
    program = (root.get("origin") or "").strip()
    if kind == "CodeBook":
        found = QdaFile(name, CODEBOOK, program)
        found.codes = {path: text for _, path, text in codes_of(root)}
        return found
    if kind != "Project":
        raise CgutilsError(
            f"{name}: its XML begins with <{kind[:40]}>, where <Project> or <CodeBook> is needed. Export "
            "the project as REFI-QDA (.qdpx)."
        )
    project = Project(QdaFile(name, PROJECT, program), fetch)
    _definitions(project, root)
    _sources(project, root)
    return project.found


def _definitions(project: Project, root: Element) -> None:
    for book in children(root, "CodeBook"):
        for key, path, text in codes_of(book):
            project.codes[key] = path
            project.found.codes.setdefault(path, text)
    for users in children(root, "Users"):
        for user in children(users, "User"):
            name = (user.get("name") or user.get("id") or "").strip()
            # Who made the file of the codebook coded nothing.
            project.users[guid(user.get("guid"))] = "" if name == ORIGIN else name
    project.creator = project.users.get(guid(root.get("creatingUserGUID")), "")
    for notes in children(root, "Notes"):
        for note in children(notes, "Note"):
            project.notes[guid(note.get("guid"))] = note_text(note, project.fetch)
    for variables in children(root, "Variables"):
        for variable in children(variables, "Variable"):
            project.variables[guid(variable.get("guid"))] = (variable.get("name") or "").strip()
    for cases in children(root, "Cases"):
        take_cases(project, cases)


def _sources(project: Project, root: Element) -> None:
    parts = Parts()
    titles: dict[str, int] = {}
    for sources in children(root, "Sources"):
        for number, source in enumerate(sources, 1):
            title = title_of(source.get("name") or "", number, titles)
            take_facts(project, source, "document", title)
            walk_source(project, source, title, parts)
    project.found.add([*segments_of(project.found, parts.texts), *parts.others])
