"""Archives and parts: the pairs of plain ``find`` to the bit, however cut into blocks, interrupted, taken up again."""

import json
import warnings

import joblib
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from conftest import reports
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import duplicates, tables, terms
from analysis.duplicates import blocks, files, pairs, parts, stored, storing

WORDS = [f"w{i}" for i in range(30)]
OUTLETS = ["Gazette", "Herald", "Tribune"]


def news(n, seed, n_undated=2, n_empty=1):
    """Reports of a few words, some copied; some without a date, an outlet or a term."""
    generator = np.random.default_rng(seed)
    texts = [" ".join(generator.choice(WORDS, 12)) for _ in range(n)]
    for copy in range(0, n - 3, 3):
        texts[copy + 3] = texts[copy] + " more"
    days = [f"2024-05-{day:02}T{hour:02}:00Z" for day, hour in generator.integers(1, 20, (n, 2))]
    outlets = list(generator.choice([*OUTLETS, ""], n, p=[0.3, 0.3, 0.3, 0.1]))
    languages = list(generator.choice(["en", "fr"], n))
    return reports(
        texts[: n - n_empty] + ["…"] * n_empty, days[: n - n_undated] + [None] * n_undated, outlets, language=languages
    )


def weighed(documents, **options):
    return terms.weigh(documents, stop_words=None, **options)


def quietly(call, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tables.SkippedWarning)
        return call(*arguments, **options)


def said(call, *arguments, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call(*arguments, **options)
    return [str(each.message) for each in caught if each.category is tables.SkippedWarning]


def bytes_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(storing, "ROWS", 7)


@pytest.fixture
def corpus():
    documents = news(40, seed=1)
    return weighed(documents), documents


@pytest.fixture
def archive(corpus, tmp_path, small_blocks):
    return duplicates.store(*corpus, tmp_path / "archive", columns=["outlet", "language"])


RESTRICTIONS = [
    {},
    {"window": "2D"},
    {"across": "outlet"},
    {"within": "language"},
    {"window": "36h", "across": "outlet", "within": "language"},
    {"window": "3D", "across": "language"},
]


# ---- an archive


def test_an_archive_gives_back_what_was_stored(archive, corpus):
    matrix, documents = archive.load()
    assert (matrix.weights != corpus[0].weights).nnz == 0
    assert matrix.terms.tolist() == corpus[0].terms.tolist()
    assert matrix.document_ids.tolist() == corpus[0].document_ids.tolist()
    kept = corpus[1][["document_id", "published", "language", "outlet"]]
    pd.testing.assert_frame_equal(documents, kept)
    assert (len(archive), len(archive.blocks), archive.n_terms) == (40, 6, len(matrix.terms))
    assert repr(archive).endswith(f"archive': 40 documents in 6 blocks, {archive.n_terms} terms)")


def test_blocks_are_in_the_order_of_publication_with_undated_documents_last(archive):
    rows = pd.concat([pd.read_parquet(f"{archive.url}/{block.file}") for block in archive.blocks])
    order = rows.sort_values(["published", "document_id"], na_position="last")
    assert rows["document_id"].tolist() == order["document_id"].tolist()
    assert rows["published"].isna().tolist() == [False] * 38 + [True] * 2
    assert archive.blocks[0].published[0] == rows["published"].iloc[0].isoformat()
    assert archive.blocks[-1].published[1] == rows["published"].iloc[37].isoformat()
    assert archive.blocks[0].ids == (rows["document_id"][:7].min(), rows["document_id"][:7].max())


def test_the_order_of_rows_changes_no_byte(archive, corpus, tmp_path):
    matrix, documents = corpus
    duplicates.store(matrix, documents.iloc[::-1], tmp_path / "again", columns=["language", "outlet"])
    assert bytes_of(tmp_path / "again") == bytes_of(tmp_path / "archive")


def test_a_span_of_time_loads_only_the_blocks_it_meets(archive):
    first, last = map(pd.Timestamp, archive.blocks[2].published)
    met = [
        block
        for block in archive.blocks
        if block.published[0] <= last.isoformat() and block.published[1] >= first.isoformat()
    ]
    matrix, documents = archive.load(first.tz_localize(None), archive.blocks[2].published[1])
    assert 1 <= len(met) < 6
    assert len(documents) == sum(block.n_rows for block in met) == matrix.weights.shape[0]
    assert documents["published"].between(first, last).sum() >= 7


def test_a_time_without_reports_loads_an_empty_table(archive):
    matrix, documents = archive.load("1999-01-01", "1999-12-31")
    assert (matrix.weights.shape, len(documents)) == ((0, archive.n_terms), 0)
    assert list(documents) == ["document_id", "published", "language", "outlet"]


def test_an_archive_of_undated_reports_is_loaded_whole_or_not_at_all(tmp_path):
    documents = reports(["one two", "two three"])
    archive = duplicates.store(weighed(documents), documents, tmp_path)
    assert archive.blocks[0].published is None
    assert (len(archive.load()[1]), len(archive.load("2024-01-01")[1])) == (2, 0)


def test_an_empty_corpus_makes_an_empty_archive(corpus, tmp_path):
    matrix, documents = corpus
    none = tables.DocumentTermMatrix(matrix.weights[:0], matrix.document_ids[:0], matrix.terms)
    archive = duplicates.store(none, documents[:0], tmp_path / "archive")
    assert len(archive) == 0
    assert duplicates.find_stored(archive, tmp_path / "found", threshold=0.5).empty
    assert duplicates.read_parts(tmp_path / "found").empty
    assert len(duplicates.store(matrix, documents, tmp_path / "archive")) == 40


def test_storing_more_leaves_what_was_there_as_it_was(corpus, tmp_path, small_blocks):
    matrix, documents = corpus
    early = documents["document_id"] < "d020"
    halves = [(rows(matrix, early), documents[early]), (rows(matrix, ~early), documents[~early])]
    duplicates.store(*halves[0], tmp_path, columns="outlet")
    before = bytes_of(tmp_path)
    archive = duplicates.store(*halves[1], tmp_path, columns="outlet")
    after = bytes_of(tmp_path)
    assert {name for name in before if before[name] != after[name]} == {"archive.json"}
    assert [block.file[:11] for block in archive.blocks] == [f"block-{i:05}" for i in range(6)]
    assert archive.load()[0].document_ids.tolist() == matrix.document_ids.tolist()


def rows(matrix, chosen):
    chosen = np.flatnonzero(chosen)
    return tables.DocumentTermMatrix(matrix.weights[chosen], matrix.document_ids[chosen], matrix.terms)


def test_kinds_of_columns_come_back(tmp_path):
    documents = reports(["one two", "two three", "three"], section=pd.Categorical(["a", None, "b"]), words=[2, 2, 1])
    archive = duplicates.store(weighed(documents), documents, tmp_path, columns=["section", "words"])
    assert archive.columns == {"section": "string", "words": "int64"}
    assert archive.load()[1]["section"].isna().tolist() == [False, True, False]
    assert archive.load()[1]["words"].tolist() == [2, 2, 1]


# ---- refusals


def refused(error, message, call, *arguments, **options):
    with pytest.raises(error, match=message):
        call(*arguments, **options)


def test_what_does_not_fit_the_archive_is_refused_and_changes_nothing(archive, corpus, tmp_path):
    matrix, documents = corpus
    before = bytes_of(tmp_path)
    others = news(5, seed=2).assign(document_id=[f"x{i}" for i in range(5)])
    columns = {"columns": ["outlet", "language"]}
    refused(
        tables.TableError,
        "7 are in its block-00000-.*, first 'd0",
        duplicates.store,
        matrix,
        documents,
        archive.url,
        **columns,
    )
    refused(
        tables.TableError,
        "Expected the terms of the archive",
        duplicates.store,
        weighed(others),
        others,
        archive.url,
        **columns,
    )
    fitted = terms.weigh(others, weighting=terms.fit(documents, stop_words=None))
    for names, found in (([], "none"), (["outlet"], r"outlet .string.")):
        message = f"of the archive in .*: language .string., outlet .string.; found {found}. Give the same"
        refused(duplicates.ArchiveError, message, duplicates.store, fitted, others, archive.url, columns=names)
    assert bytes_of(tmp_path) == before


def test_columns_that_cannot_be_kept_are_refused(corpus, tmp_path):
    refused(
        ValueError,
        "found no 'country' among document_id, outlet",
        duplicates.store,
        *corpus,
        tmp_path,
        columns=["country"],
    )
    refused(
        ValueError,
        "found 'published', which an archive has anyway",
        duplicates.store,
        *corpus,
        tmp_path,
        columns=["published"],
    )
    mixed = corpus[1].assign(section=[1, "a"] * 20)
    refused(
        tables.TableError,
        "values of one kind in the column 'section'",
        duplicates.store,
        corpus[0],
        mixed,
        tmp_path,
        columns=["section"],
    )
    assert not list(tmp_path.iterdir())


def test_a_folder_without_an_archive_or_with_one_of_the_future_is_refused(tmp_path):
    refused(duplicates.ArchiveError, "found no archive.json there. duplicates.store", duplicates.Archive, tmp_path)
    (tmp_path / "archive.json").write_text('{"format": 2}')
    refused(duplicates.ArchiveError, "format 1 in .*; found 2. It was written by another", duplicates.Archive, tmp_path)
    (tmp_path / "archive.json").write_text('{"format"')
    refused(ValueError, "Expected JSON in .*archive.json", duplicates.Archive, tmp_path)


def test_a_missing_or_damaged_block_is_refused_by_name(archive, tmp_path):
    path = tmp_path / "archive" / archive.blocks[1].file
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"?")
    refused(duplicates.ArchiveError, f"{path.name} in .* is damaged", archive.load)
    refused(
        duplicates.PartError,
        f"part-0000.-00001.parquet of .* and {path.name} failed: ArchiveError: {path.name} in",
        duplicates.find_stored,
        archive,
        tmp_path / "found",
        threshold=0.5,
    )
    path.unlink()
    refused(duplicates.ArchiveError, f"{path.name} is missing from", archive.load)
    path.write_bytes(content)
    assert duplicates.find_stored(archive, tmp_path / "found", threshold=0.5)["n_pairs"].sum() > 0


def test_an_interrupted_write_leaves_nothing_half_written(corpus, tmp_path, small_blocks, monkeypatch):
    matrix, documents = corpus
    write, written = files.Folder.write, []

    def interrupted(folder, name, content):
        if len(written) == 4:
            with folder.writing(name) as stream:
                stream.write(content[:100])
                raise KeyboardInterrupt
        written.append(name)
        write(folder, name, content)

    monkeypatch.setattr(files.Folder, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        duplicates.store(matrix, documents, tmp_path)
    assert len(written) == 4
    assert list(bytes_of(tmp_path)) == ["terms.parquet"]
    monkeypatch.undo()
    monkeypatch.setattr(storing, "ROWS", 7)
    assert len(duplicates.store(matrix, documents, tmp_path)) == 40


def test_an_interrupt_after_the_last_write_takes_nothing_back(corpus, tmp_path, monkeypatch):
    write = files.Folder.write_json

    def late(folder, name, content):
        write(folder, name, content)
        raise KeyboardInterrupt

    monkeypatch.setattr(files.Folder, "write_json", late)
    with pytest.raises(KeyboardInterrupt):
        duplicates.store(*corpus, tmp_path)
    assert len(duplicates.Archive(tmp_path).load()[1]) == 40


def test_a_second_writer_is_noticed_and_keeps_what_it_wrote(corpus, tmp_path, monkeypatch):
    matrix, documents = corpus
    block = storing._write_block

    def overtaken(folder, *arguments):
        monkeypatch.setattr(storing, "_write_block", block)
        duplicates.store(matrix, documents, tmp_path)
        return block(folder, *arguments)

    monkeypatch.setattr(storing, "_write_block", overtaken)
    refused(duplicates.ArchiveError, "Another process wrote to", duplicates.store, matrix, documents, tmp_path)
    assert len(duplicates.Archive(tmp_path).load()[1]) == 40


# ---- against an archive


@pytest.mark.parametrize("restrictions", RESTRICTIONS, ids=str)
def test_old_pairs_and_new_ones_are_all_pairs(corpus, tmp_path, small_blocks, restrictions):
    matrix, documents = corpus
    old = (documents["document_id"] < "d030").to_numpy()
    archive = duplicates.store(rows(matrix, old), documents[old], tmp_path, columns=["outlet", "language"])
    options = {"threshold": 0.3, **restrictions}
    new = rows(matrix, ~old), documents[~old]
    found = [
        quietly(duplicates.find, rows(matrix, old), documents[old], **options),
        quietly(duplicates.find, *new, **options),
        quietly(duplicates.find, *new, against=archive, **options),
    ]
    together = tables.check(tables.Pairs, pd.concat(found))
    pd.testing.assert_frame_equal(together, quietly(duplicates.find, matrix, documents, **options))
    assert all(len(each) for each in found) or restrictions.get("window") in ("0D", "36h")


def test_with_a_window_only_what_it_can_reach_is_read(archive, corpus, tmp_path):
    documents = reports(["w1 w2 w3"], [archive.blocks[0].published[0]], ["Gazette"]).assign(document_id="new")
    matrix = terms.weigh(documents, weighting=terms.fit(corpus[1], stop_words=None))
    for block in archive.blocks[1:]:
        if block.published[0] > archive.blocks[0].published[0]:
            (tmp_path / "archive" / block.file).unlink()
    quietly(duplicates.find, matrix, documents, threshold=0.1, window="0D", against=archive)
    refused(duplicates.ArchiveError, "is missing", duplicates.find, matrix, documents, threshold=0.1, against=archive)


# ---- parts


@pytest.mark.parametrize("restrictions", RESTRICTIONS, ids=str)
def test_parts_hold_the_pairs_of_find(archive, corpus, tmp_path, restrictions):
    options = {"threshold": 0.3, **restrictions}
    found = quietly(duplicates.find_stored, archive, tmp_path / "found", **options)
    expected = quietly(duplicates.find, *corpus, **options)
    pd.testing.assert_frame_equal(duplicates.read_parts(tmp_path / "found"), expected)
    assert found["n_pairs"].sum() == len(expected) > 0
    for part, n_pairs in found.itertuples(index=False):
        own = pd.read_parquet(tmp_path / "found" / part)
        assert len(own) == n_pairs
        assert own[["a", "b"]].to_numpy().tolist() == own.sort_values(["a", "b"])[["a", "b"]].to_numpy().tolist()
    assert len(pd.read_parquet(tmp_path / "found")) == len(expected)


@pytest.mark.parametrize("restrictions", RESTRICTIONS, ids=str)
def test_what_was_left_out_is_said_in_the_same_words(archive, corpus, tmp_path, restrictions):
    options = {"threshold": 0.3, **restrictions}
    expected = said(duplicates.find, *corpus, **options)
    assert len(expected) >= 1
    assert said(duplicates.find_stored, archive, tmp_path / "found", **options) == expected
    assert said(duplicates.find_stored, archive, tmp_path / "found", **options) == expected


def test_blocks_that_no_window_joins_are_not_compared(archive, tmp_path):
    found = quietly(duplicates.find_stored, archive, tmp_path / "found", threshold=0.3, window="1h")
    everywhere = quietly(duplicates.find_stored, archive, tmp_path / "everywhere", threshold=0.3)
    assert len(everywhere) == 21
    assert {f"part-{i:05}-{i:05}.parquet" for i in range(6)} <= set(found["part"])
    assert len(found) < 15


@settings(max_examples=15)
@given(
    n=st.integers(1, 30),
    seed=st.integers(0, 10**6),
    size=st.integers(2, 12),
    threshold=st.floats(0.05, 1.0),
    restrictions=st.sampled_from(RESTRICTIONS),
)
def test_any_corpus_in_any_blocks(n, seed, size, threshold, restrictions):
    documents = news(n, seed, n_undated=min(n, 2), n_empty=0)
    matrix, folder = weighed(documents), f"memory://test-any/{n}-{seed}-{size}-{threshold}-{restrictions}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storing, "ROWS", size)
        options = {"threshold": threshold, **restrictions}
        quietly(duplicates.find, matrix, documents, output=folder, **options)
    pd.testing.assert_frame_equal(duplicates.read_parts(folder), quietly(duplicates.find, matrix, documents, **options))


@pytest.mark.parametrize("restrictions", RESTRICTIONS, ids=str)
def test_the_compiled_join_writes_the_same_bytes(archive, tmp_path, monkeypatch, restrictions):
    options = {"threshold": 0.3, **restrictions}
    quietly(duplicates.find_stored, archive, tmp_path / "plain", **options)
    monkeypatch.setattr(pairs, "SMALL", 0)
    quietly(duplicates.find_stored, archive, tmp_path / "compiled", **options)
    assert bytes_of(tmp_path / "plain") == bytes_of(tmp_path / "compiled")


def test_pairs_that_do_not_fit_are_sorted_on_the_disk(archive, corpus, tmp_path, monkeypatch):
    expected = quietly(duplicates.find, *corpus, threshold=0.05)
    monkeypatch.setattr(blocks, "GROUP", 10)
    quietly(duplicates.find_stored, archive, tmp_path / "one", threshold=0.05)
    monkeypatch.setattr(blocks, "RUN", 8)
    monkeypatch.setattr(blocks, "_joined", one_by_one(blocks._joined))
    quietly(duplicates.find_stored, archive, tmp_path / "runs", threshold=0.05)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "runs")
    pd.testing.assert_frame_equal(duplicates.read_parts(tmp_path / "runs"), expected)
    groups = pq.read_metadata(tmp_path / "runs" / "part-00000-00001.parquet")
    assert groups.num_row_groups > 2


def one_by_one(joined):
    """Give found pairs in pieces of three, in no order that would help."""

    def pieces(*arguments):
        for found in joined(*arguments):
            for begin in reversed(range(0, len(found[0]), 3)):
                yield [column[begin : begin + 3] for column in found]

    return pieces


def test_several_workers_write_the_same_bytes(archive, tmp_path):
    quietly(duplicates.find_stored, archive, tmp_path / "one", threshold=0.3)
    with joblib.parallel_config(backend="threading", n_jobs=3):
        quietly(duplicates.find_stored, archive, tmp_path / "three", threshold=0.3)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "three")


def test_two_archives_give_the_pairs_between_them(corpus, tmp_path, small_blocks):
    matrix, documents = corpus
    old = (documents["document_id"] < "d025").to_numpy()
    both = [(rows(matrix, each), documents[each]) for each in (old, ~old)]
    one, other = (duplicates.store(*each, tmp_path / name) for each, name in zip(both, ("old", "new"), strict=True))
    expected = quietly(duplicates.find, *both[1], threshold=0.2, against=both[0])
    quietly(duplicates.find_stored, other, tmp_path / "found", threshold=0.2, against=one.url)
    pd.testing.assert_frame_equal(duplicates.read_parts(tmp_path / "found"), expected)
    for against, name in ((one, "archive"), (both[0], "tables")):
        messages = said(duplicates.find, *both[1], threshold=0.2, against=against, output=tmp_path / name)
        pd.testing.assert_frame_equal(duplicates.read_parts(tmp_path / name), expected)
        assert messages == said(duplicates.find, *both[1], threshold=0.2, against=both[0])
    assert len(expected) > 5
    twice = duplicates.store(*both[0], tmp_path / "twice")
    refused(
        duplicates.PartError,
        "7 are in both, first 'd0",
        duplicates.find_stored,
        twice,
        tmp_path / "none",
        threshold=0.2,
        against=one,
    )
    refused(
        ValueError, "found file.* twice. Leave it out", duplicates.find_stored, one, "x", threshold=0.2, against=one
    )


def test_find_with_output_removes_its_blocks_and_says_what_find_says(corpus, tmp_path, small_blocks):
    options = {"threshold": 0.3, "window": "3D", "across": "outlet"}
    messages = said(duplicates.find, *corpus, output=tmp_path / "found", **options)
    assert messages == said(duplicates.find, *corpus, **options)
    names = sorted(path.name for path in (tmp_path / "found").iterdir())
    assert names[0] == parts.FIND
    assert all(name.startswith("part-") for name in names[1:])
    pd.testing.assert_frame_equal(
        duplicates.read_parts(tmp_path / "found"), quietly(duplicates.find, *corpus, **options)
    )


def test_storage_need_not_be_a_disk(corpus, small_blocks):
    archive = duplicates.store(*corpus, "memory://test-archive/archive", columns=["outlet"])
    assert duplicates.Archive("memory://test-archive/archive").url == archive.url
    quietly(duplicates.find_stored, archive, "memory://test-archive/found", threshold=0.3, across="outlet")
    found = duplicates.read_parts("memory://test-archive/found")
    pd.testing.assert_frame_equal(found, quietly(duplicates.find, *corpus, threshold=0.3, across="outlet"))
    names = {path.rsplit("/")[-1] for path in files.Folder("memory://test-archive")._files.find("/test-archive/found")}
    assert names == {parts.FIND, *(f"part-{i:05}-{j:05}.parquet" for j in range(6) for i in range(j + 1))}


# ---- interrupted, taken up again, refused


def test_an_interrupted_search_goes_on_where_it_stopped(archive, tmp_path, monkeypatch):
    quietly(duplicates.find_stored, archive, tmp_path / "whole", threshold=0.3)
    compare, compared = blocks.compare, []

    def interrupted(*arguments):
        compared.append(arguments)
        yield from compare(*arguments)
        if len(compared) == 6:
            raise KeyboardInterrupt

    monkeypatch.setattr(blocks, "compare", interrupted)
    with pytest.raises(KeyboardInterrupt):
        duplicates.find_stored(archive, tmp_path / "found", threshold=0.3)
    whole = bytes_of(tmp_path / "whole")
    left = bytes_of(tmp_path / "found")
    assert len(left) == 6
    assert all(whole[name] == left[name] for name in left if name != parts.FIND)
    assert not [name for name in left if not name.startswith(("part-", parts.FIND))]
    refused(
        duplicates.ArchiveError,
        "found one that was interrupted. Call find_stored",
        duplicates.read_parts,
        tmp_path / "found",
    )
    compared.clear()
    compared.extend([None] * 6)
    quietly(duplicates.find_stored, archive, tmp_path / "found", threshold=0.3)
    assert len(compared) - 6 == 21 - 5
    assert bytes_of(tmp_path / "found") == whole


def test_what_a_killed_process_left_is_swept_away(archive, tmp_path):
    found = tmp_path / "found"
    found.mkdir()
    for folder in (found, tmp_path / "archive"):
        (folder / ".unfinished-1-part-00000-00000.parquet").write_bytes(b"PAR1")
    quietly(duplicates.find_stored, archive, found, threshold=0.3)
    assert not list(found.glob(".*"))
    documents = news(5, seed=2).assign(document_id=[f"x{i}" for i in range(5)])
    own = tables.DocumentTermMatrix(archive.load()[0].weights[:5], documents["document_id"].to_numpy(), archive.terms)
    assert len(duplicates.store(own, documents, archive.url, columns=["outlet", "language"])) == 45
    assert not list((tmp_path / "archive").glob(".*"))


def test_a_write_that_fails_leaves_no_file(tmp_path):
    folder = files.Folder(tmp_path)
    with pytest.raises(TypeError, match="bytes-like"), folder.writing("part") as stream:
        stream.write("half")
    with pytest.raises(FileNotFoundError), folder.writing("part"):
        folder.sweep()
    assert not list(tmp_path.iterdir())


def test_after_more_was_stored_only_what_is_new_is_compared(corpus, tmp_path, small_blocks, monkeypatch):
    matrix, documents = corpus
    old = (documents["document_id"] < "d021").to_numpy()
    duplicates.store(rows(matrix, old), documents[old], tmp_path / "archive")
    quietly(duplicates.find_stored, tmp_path / "archive", tmp_path / "found", threshold=0.3)
    before = bytes_of(tmp_path / "found")
    duplicates.store(rows(matrix, ~old), documents[~old], tmp_path / "archive")
    found = quietly(duplicates.find_stored, tmp_path / "archive", tmp_path / "found", threshold=0.3)
    after = bytes_of(tmp_path / "found")
    assert (len(before), len(found)) == (7, 21)
    assert {name for name in before if before[name] != after[name]} == {parts.FIND}
    expected = quietly(duplicates.find, matrix, documents, threshold=0.3)
    pd.testing.assert_frame_equal(duplicates.read_parts(tmp_path / "found"), expected)


def test_a_folder_of_another_search_is_refused(archive, corpus, tmp_path):
    found = tmp_path / "found"
    quietly(duplicates.find_stored, archive, found, threshold=0.3, window="2D")
    before = bytes_of(found)
    refused(
        duplicates.ArchiveError,
        "expected threshold 0.4, found 0.3. Write to another",
        duplicates.find_stored,
        archive,
        found,
        threshold=0.4,
        window="2D",
    )
    refused(
        duplicates.ArchiveError,
        "expected window None, found 'P2D",
        duplicates.find_stored,
        archive,
        found,
        threshold=0.3,
    )
    refused(
        duplicates.ArchiveError,
        "expected threshold 0.4",
        duplicates.find,
        *corpus,
        output=found,
        threshold=0.4,
        window="2D",
    )
    other = duplicates.store(rows(corpus[0], np.arange(40) > 2), corpus[1][3:], tmp_path / "other")
    refused(
        duplicates.PartError,
        "holds this part of another search",
        duplicates.find_stored,
        other,
        found,
        threshold=0.3,
        window="2D",
    )
    assert set(bytes_of(found)) == set(before)
    assert json.loads((found / parts.FIND).read_bytes())["window"] == "P2DT0H0M0S"


def test_a_strange_file_in_the_place_of_a_part_is_refused(archive, tmp_path):
    (tmp_path / "found").mkdir()
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "found" / "part-00000-00000.parquet")
    refused(
        duplicates.PartError,
        "found nothing. Write to another folder",
        duplicates.find_stored,
        archive,
        tmp_path / "found",
        threshold=0.3,
    )


def test_options_that_cannot_be_meant_are_refused_before_anything_is_written(archive, corpus, tmp_path):
    found = tmp_path / "found"
    refused(ValueError, "threshold is a cosine", duplicates.find_stored, archive, found, threshold=0)
    refused(
        ValueError,
        "no 'country' among language, outlet. Store",
        duplicates.find_stored,
        archive,
        found,
        threshold=0.5,
        across="country",
    )
    refused(
        ValueError,
        "exclude each other",
        duplicates.find_stored,
        archive,
        found,
        threshold=0.5,
        across="outlet",
        within="outlet",
    )
    refused(ValueError, "window is a length of time", duplicates.find, *corpus, output=found, threshold=0.5, window=3)
    other = duplicates.store(weighed(corpus[1], max_df=0.4), corpus[1], tmp_path / "other")
    refused(
        tables.TableError,
        "Expected the same terms in both archives",
        duplicates.find_stored,
        archive,
        found,
        threshold=0.5,
        against=other,
    )
    assert not found.exists()


def test_reading_refuses_what_is_not_there_or_too_much(archive, tmp_path):
    refused(duplicates.ArchiveError, "of a finished search in .*; found none", duplicates.read_parts, tmp_path / "none")
    found = quietly(duplicates.find_stored, archive, tmp_path / "found", threshold=0.3)
    refused(
        duplicates.TooManyPairsError,
        f"holds {found['n_pairs'].sum()} pairs; 5 fit",
        duplicates.read_parts,
        tmp_path / "found",
        memory=5 * pairs.BYTES_PER_PAIR,
    )
    (tmp_path / "found" / found["part"][0]).unlink()
    refused(
        duplicates.ArchiveError,
        "in part-00000-00000.parquet of .*; found no such file",
        duplicates.read_parts,
        tmp_path / "found",
    )


def test_a_process_keeps_no_blocks_when_it_is_done(archive, tmp_path):
    quietly(duplicates.find_stored, archive, tmp_path / "found", threshold=0.3)
    assert not blocks._ready
    assert not blocks._depths


def test_nothing_that_needs_a_compiler_or_a_cluster_is_loaded_before_it_is_needed(run_python):
    heavy = "{'numba', 'joblib', 'dask', 'distributed'}"
    line = f"import sys; from analysis import duplicates; print(sorted({heavy} & set(sys.modules)))"
    assert run_python(line).strip() == "[]"


def test_the_plan_of_tasks_compares_each_two_blocks_once(archive):
    search = stored._search([archive], 0.5, duplicates.scope.scope())
    named = [task.part for task in stored._tasks([archive], "x", search)]
    assert len(set(named)) == len(named) == 6 * 7 / 2
