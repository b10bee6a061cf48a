"""`make words`: bring the catalogue's new sentences into the file of each further language, empty, and mark as fuzzy
those whose English has changed; with a language's code as argument, begin its file."""

from __future__ import annotations

import sys
from typing import BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from encore.words import CHINESE, ENGLISH
from encore.words.catalogue import FOLDER, languages, read, source

_HEADER = """# What Encore says to people, in {name}. `make words` keeps the sentences those of zh.po.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


def refreshed(language: str, known: Catalog) -> Catalog:
    """The sentences of today in their order, each with what `known` has for its key."""
    by_key = {message.context: message for message in known if message.context}
    made = Catalog(language, charset="utf-8")
    for message in source():
        if message.context:
            old = by_key.get(message.context)
            fuzzy = bool(old and old.string and (old.id != message.id or old.fuzzy))
            kept = old.string if old and isinstance(old.id, str) is isinstance(message.id, str) else ""
            added = made.add(message.id, kept, auto_comments=message.auto_comments, context=message.context)
            added.flags = {"fuzzy"} if fuzzy and kept else set()
    return made


def write(made: Catalog, file: BinaryIO) -> None:
    file.write(_HEADER.format(name=made.locale.english_name, language=made.locale, plural=made.plural_forms).encode())
    write_po(file, made, width=0, omit_header=True)


def main(begun: list[str]) -> None:
    for language in sorted({*languages(), *begun} - {ENGLISH, CHINESE}):
        file = FOLDER / f"{language}.po"
        made = refreshed(language, read(language) if file.exists() else Catalog(language))
        with file.open("wb") as out:
            write(made, out)
        keyed = [message for message in made if message.context]
        missing = sum(not "".join(message.string) for message in keyed)
        fuzzy = sum(message.fuzzy for message in keyed)
        print(f"{file.name}: {len(keyed)} sentences, {missing} without words, {fuzzy} to be read again")


if __name__ == "__main__":
    main(sys.argv[1:])
