"""Folders, archives and files as documents, and the seed reports as they came."""

import gzip
import json
import random
import zipfile

import pandas as pd
import pytest

from analysis import corpus, tables

ROWS = pd.DataFrame(
    {
        "document_id": ["007", "7", "b", "é"],
        "text": ['One, “two”; three\tfour\nfive "six"', "", " blanks ", "line\u2028separator | pipe"],
        "published": ["2024-05-24T10:00:00+00:00", "", "2024-05-23", ""],
        "published_basis": ["column", "unknown", "text", "unknown"],
        "outlet": ["AP", "", "NA", "null"],
        "section": ["w", "", "", "s"],
    }
)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pack(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def as_jsonl(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows.to_dict("records"))


def refused(path, message, **options):
    with pytest.raises(corpus.CorpusError, match=message):
        corpus.read(path, **options)


class TestSeeds:
    def test_what_is_known_of_each(self, seed_documents):
        known = seed_documents.set_index("document_id")
        assert known.index.tolist() == ["000", "001", "002", "003", "004"]
        assert known["published_basis"].tolist() == ["unknown", "header", "text", "header", "unknown"]
        assert known["published"].dt.strftime("%Y-%m-%d").fillna("").tolist() == [
            "",
            "2024-05-24",
            "2024-05-24",
            "2024-03-29",
            "",
        ]
        assert known["outlet"].tolist() == ["", "NBC News", "", "", ""]
        assert known["credit"].tolist() == ["", "", "", "", "Reuters/AP"]
        assert set(known["encoding"]) == {"utf-8"}

    def test_header_text_and_credit_are_the_file(self, seeds_path, seed_documents):
        for file, row in zip(sorted(seeds_path.glob("*.txt")), seed_documents.itertuples(), strict=True):
            assert row.header + row.text + row.credit == file.read_bytes().decode("utf-8"), file.name

    def test_header_and_marker(self, seed_documents):
        assert seed_documents["header"].tolist() == ["", " date 2024-05-24 ", "", " date 2024-03-29 ", ""]
        assert seed_documents["text"][1].startswith("The International Court of Justice on Friday")
        assert seed_documents["text"][2].startswith("STORY: The U.N.'s top court")
        assert seed_documents["text"].str.contains("’").any()

    def test_nothing_in_the_metadata_is_invented(self, seeds_path):
        told = pd.read_csv(seeds_path / "metadata.csv", dtype=str, keep_default_na=False)
        assert sorted(told["file"]) == sorted(file.name for file in seeds_path.glob("*.txt"))
        for row in told.itertuples():
            text = (seeds_path / row.file).read_text(encoding="utf-8")
            assert row.published_words in text, row.file
            assert row.outlet_words in text, row.file
            assert row.published_words or not row.published, row.file
            assert row.outlet in row.outlet_words, row.file
            assert bool(row.outlet) == bool(row.outlet_words), row.file

    @pytest.mark.filterwarnings("error")
    def test_nothing_is_passed_over(self, seeds_path):
        assert len(corpus.read(str(seeds_path))) == 5

    def test_the_same_bytes_twice(self, seeds_path, tmp_path):
        for name in ("once", "again"):
            corpus.read(seeds_path).to_parquet(tmp_path / name)
        assert (tmp_path / "once").read_bytes() == (tmp_path / "again").read_bytes()

    def test_a_zip_of_the_folder_is_the_folder(self, seeds_path, seed_documents, tmp_path):
        files = sorted(seeds_path.iterdir())
        random.Random(0).shuffle(files)
        flat = pack(tmp_path / "flat.zip", {file.name: file.read_bytes() for file in files})
        pd.testing.assert_frame_equal(corpus.read(flat), seed_documents)
        nested = pack(tmp_path / "nested.ZIP", {f"corpus/seeds/{file.name}": file.read_bytes() for file in files})
        pd.testing.assert_frame_equal(corpus.read(nested), seed_documents)


class TestRoundTrips:
    @pytest.fixture
    def expected(self):
        return corpus.from_frame(ROWS)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    @pytest.mark.parametrize(("name", "separator"), [("n.csv", ","), ("n.csv", ";"), ("n.csv", "|"), ("n.TSV", "\t")])
    def test_tables_of_cells(self, tmp_path, expected, name, separator, encoding):
        path = write(tmp_path / name, ROWS.to_csv(index=False, sep=separator).encode(encoding))
        found = corpus.read(path)
        assert set(found.pop("encoding")) == {encoding}
        pd.testing.assert_frame_equal(found, expected)

    @pytest.mark.parametrize("name", ["n.jsonl", "n.ndjson", "n.JSONL.GZ", "n.csv.gz", "n.parquet", "n.zip"])
    def test_other_files(self, tmp_path, expected, name):
        words = ROWS.to_csv(index=False) if ".csv" in name else as_jsonl(ROWS)
        if name.endswith("parquet"):
            ROWS.to_parquet(tmp_path / name)
        elif name.endswith("zip"):
            pack(tmp_path / name, {"in/n.csv": ROWS[:2].to_csv(index=False), "n.jsonl": as_jsonl(ROWS[2:])})
        else:
            write(tmp_path / name, gzip.compress(words.encode(), mtime=0) if name.lower().endswith("gz") else words)
        found = corpus.read(tmp_path / name).drop(columns="encoding", errors="ignore")
        pd.testing.assert_frame_equal(found, expected)

    def test_documents_written_and_read_again_are_the_same(self, tmp_path, seed_documents):
        seed_documents.to_csv(tmp_path / "s.csv", index=False)
        seed_documents.to_parquet(tmp_path / "s.parquet")
        write(tmp_path / "s.jsonl", seed_documents.to_json(orient="records", lines=True, date_format="iso"))
        for name in ("s.csv", "s.parquet", "s.jsonl"):
            pd.testing.assert_frame_equal(corpus.read(tmp_path / name), seed_documents)

    def test_shuffled_rows_give_the_same_table(self, tmp_path, expected):
        write(tmp_path / "n.csv", ROWS.sample(frac=1, random_state=2).to_csv(index=False))
        pd.testing.assert_frame_equal(corpus.read(tmp_path / "n.csv").drop(columns="encoding"), expected)


class TestTables:
    def test_a_table_without_ids_numbers_its_rows_and_keeps_files_apart(self, tmp_path):
        for name in ("2023/news.csv", "2024/news.csv", "news.01.csv", "news.02.csv"):
            write(tmp_path / name, "text\n" + "x\n" * 10)
        ids = corpus.read(tmp_path)["document_id"].tolist()
        assert len(ids) == 40
        assert ids[0] == "2023/news:01"
        assert ids[-1] == "news.02:10"

    def test_ids_that_are_not_believed_are_kept(self, tmp_path):
        path = write(tmp_path / "n.csv", "document_id,text\nq,x\nq,y\n")
        documents = corpus.read(path, columns={"document_id": None})
        assert documents["document_id"].tolist() == ["n:1", "n:2"]
        assert documents["document_id_given"].tolist() == ["q", "q"]

    def test_columns_and_dates_speak_of_tables_not_of_txt_reports(self, tmp_path):
        write(tmp_path / "a.csv", "url;body;date\nu;x;24.05.2024\n")
        write(tmp_path / "b.txt", "date 2024-05-23 y")
        mapping = {"document_id": "url", "text": "body", "published": "date"}
        documents = corpus.read(tmp_path, columns=mapping, dates="%d.%m.%Y")
        assert documents["document_id"].tolist() == ["b", "u"]
        assert documents["published"].dt.day.tolist() == [23, 24]

    def test_a_column_only_some_files_have_is_empty_in_the_others(self, tmp_path):
        write(tmp_path / "a.csv", "document_id,text,section\na,x,w\n")
        pd.DataFrame({"document_id": ["b"], "text": ["y"], "n": [3]}).to_parquet(tmp_path / "b.parquet")
        documents = corpus.read(tmp_path)
        assert documents["section"].tolist() == ["w", ""]
        assert documents["encoding"].tolist() == ["utf-8", ""]
        assert documents["n"].isna().tolist() == [True, False]
        documents.to_parquet(tmp_path / "all.parquet")

    def test_an_index_stored_in_parquet_is_a_column(self, tmp_path):
        ROWS.set_index("document_id").to_parquet(tmp_path / "n.parquet")
        assert corpus.read(tmp_path)["document_id"].tolist() == sorted(ROWS["document_id"])

    def test_lists_in_parquet_become_text(self, tmp_path):
        ROWS.assign(tags=[["p", "q"], [], None, ["r"]]).to_parquet(tmp_path / "n.parquet")
        assert corpus.read(tmp_path)["tags"].tolist() == ['["p", "q"]', "[]", "", '["r"]']

    def test_quoted_breaks_nul_and_blank_lines(self, tmp_path):
        path = write(tmp_path / "n.csv", 'document_id,text\r\n1,"a\r\n\r\nb"\r\n\r\n2,"x\0y"\r\n3\r\n')
        assert corpus.read(path)["text"].tolist() == ["a\r\n\r\nb", "x\0y", ""]

    def test_separators_within_a_quoted_name_do_not_count(self, tmp_path):
        path = write(tmp_path / "n.csv", 'document_id;"who, what, when, where";text\n1;w;x, y, z\n')
        assert corpus.read(path)["who, what, when, where"].tolist() == ["w"]

    def test_columns_without_a_name_get_one(self, tmp_path):
        path = write(tmp_path / "n.csv", ",document_id,text,\n0,a,x,\n1,b,y,\n")
        assert corpus.read(path)["column_1"].tolist() == ["0", "1"]

    def test_a_text_of_two_megabytes(self, tmp_path):
        path = write(tmp_path / "n.csv", 'document_id,text\n1,"' + "word, \n" * 300_000 + '"\n')
        assert len(corpus.read(path)["text"][0]) == 2_100_000

    def test_a_header_without_rows_is_no_document(self, tmp_path):
        assert corpus.read(write(tmp_path / "n.csv", "document_id,text\n")).empty

    def test_half_an_emoji_in_json(self, tmp_path):
        path = write(tmp_path / "n.jsonl", '{"document_id": "1", "text": "x\\ud83d y \\ud83d\\ude00", "n": 1}\n')
        documents = corpus.read(path)
        assert documents["text"][0] == "x\ufffd y 😀"
        assert documents["n"][0] == 1

    def test_missing_keys_and_nulls_in_json(self, tmp_path):
        path = write(
            tmp_path / "n.jsonl", '{"document_id": 1, "text": null}\r\n\r\n{"document_id": 2, "text": "y", "n": 1}'
        )
        documents = corpus.read(path)
        assert documents["text"].tolist() == ["", "y"]
        assert documents["n"].isna().tolist() == [True, False]

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("n.csv", "", "n.csv: expected a table with a header line; the file is empty"),
            ("n.csv", "document_id,text\na,one,two\n", "n.csv: expected no line with more columns than the header"),
            ("n.csv", "document_id,text\na,x\nb,one,two\n", "line 3.* must stand in double quotes"),
            ("n.csv", "text\nOne, two and three.\n", "expected no line with more columns than the header"),
            ("n.csv", "document_id,text\n1,x,\n2,y,\n", "expected no line with more columns than the header"),
            ("n.csv", 'document_id,text\na,"x\nb,y\n', "EOF inside string"),
            ("n.csv", "document_id,body\na,x\n", r"n.csv: expected a column 'text'; .*columns=\{'text': 'body'\}"),
            ("n.csv", "document_id,text,text\na,x,y\n", "n.csv: expected each column once; found 'text' twice"),
            ("n.csv", "document_id,text\na,x\na,y\n", "n.csv: .* found 'a' in rows 1, 2"),
            ("n.csv", "document_id,text\na,x\n,y\n", "n.csv: expected a document_id in every row; found none in row 2"),
            (
                "n.csv",
                "document_id,text,published\na,x,2024-05\n",
                r"n.csv: .*found '2024-05' in row 1 \(document_id 'a'",
            ),
            ("n.jsonl", "", "n.jsonl: expected one JSON object a line; the file is empty"),
            (
                "n.jsonl",
                '{"text": "x"}\n\n{oops\n',
                "n.jsonl, line 3: expected a JSON object; Expecting .*at character 1",
            ),
            ("n.jsonl", "[1]\n", "n.jsonl, line 1: expected a JSON object; found list. Each line must name"),
            ("n.jsonl", '[\n{"text": "x"}\n]\n', "n.jsonl, line 1: .*Each object must stand on one line"),
            ("n.jsonl", '{"text": ["p"]}\n', "n.jsonl: expected text in text; found list in row 1"),
            (
                "n.jsonl.gz",
                gzip.compress(b'{"text": "x"}\n' * 99, mtime=0)[:-9],
                "n.jsonl.gz: expected a gzip .*damaged .*ended",
            ),
            ("n.jsonl.gz", gzip.compress(b"", mtime=0)[:10] + b"\xff" * 40, "n.jsonl.gz: .*damaged .*decompressing"),
            ("n.csv.gz", b"hello", "n.csv.gz: expected a gzip file; it is damaged .*Not a gzipped file"),
            ("n.parquet", b"", "n.parquet: expected a Parquet file; it is damaged"),
            ("n.parquet", b"PAR1 and no more PAR1", "n.parquet: expected a Parquet file; it is damaged"),
        ],
    )
    def test_a_broken_table_is_refused_with_its_place(self, tmp_path, name, content, message):
        refused(write(tmp_path / name, content), message)

    def test_an_unknown_mapping_is_refused(self, tmp_path):
        path = write(tmp_path / "n.csv", "document_id,text\na,x\n")
        refused(path, "'body' is not one of ours", columns={"body": "text"})
        refused(path, "n.csv: columns= names 'body', which is not there", columns={"text": "body"})

    def test_an_id_in_two_files_names_both(self, tmp_path):
        write(tmp_path / "a.csv", "document_id,text\n1,x\n")
        write(tmp_path / "b.csv", "document_id,text\n1,y\n")
        refused(tmp_path, "found '1' in a.csv and b.csv. Make them distinct")


class TestReports:
    @pytest.mark.parametrize(
        ("content", "header", "text", "credit"),
        [
            ("x", "", "x", ""),
            ("", "", "", ""),
            (" \n", "", " \n", ""),
            ("date 2024-05-24 x", "date 2024-05-24 ", "x", ""),
            ("\n date 2024-05-24\nx", "\n date 2024-05-24\n", "x", ""),
            ("date 2024-05-24", "", "date 2024-05-24", ""),
            ("update 2024-05-24 x", "", "update 2024-05-24 x", ""),
            ("x\nReuters/AP\n\n", "", "x\n", "Reuters/AP"),
            ("x\n  (Reuters)  \n", "", "x\n  ", "(Reuters)"),
            ("x\nAP, AFP and dpa.", "", "x\n", "AP, AFP and dpa."),
            ("x\r\n[Reuters with AP]\r\n", "", "x\r\n", "[Reuters with AP]"),
            ("x\nReuters/Smith", "", "x\nReuters/Smith", ""),
            ("he told Reuters", "", "he told Reuters", ""),
            ("Reuters\nx", "", "Reuters\nx", ""),
            ("x\nreuters", "", "x\nreuters", ""),
            ("date 2024-05-24 x\nAP\nAP", "date 2024-05-24 ", "x\nAP\n", "AP"),
        ],
    )
    def test_header_and_credit(self, tmp_path, content, header, text, credit):
        row = corpus.read(write(tmp_path / "a.txt", content)).iloc[0]
        assert (row["header"], row["text"], row["credit"]) == (header, text, credit)
        assert (header + text + credit).rstrip() == content.rstrip()
        assert row["published_basis"] == ("header" if header else "unknown")

    def test_ids_are_paths_without_their_ending(self, tmp_path):
        for name in ("a.txt", "in/a.txt", "in/b.v2.TXT"):
            write(tmp_path / name, "x")
        documents = corpus.read(tmp_path)
        assert documents["document_id"].tolist() == ["a", "in/a", "in/b.v2"]
        assert documents["file"].tolist() == ["a.txt", "in/a.txt", "in/b.v2.TXT"]

    @pytest.mark.parametrize(
        ("content", "text", "encoding"),
        [
            ("“é”".encode(), "“é”", "utf-8"),
            ("“é”".encode("utf-8-sig"), "“é”", "utf-8-sig"),
            ("“é”".encode("cp1252"), "“é”", "cp1252 (guessed)"),
            (b"\xff\xfe\x1c \x41\x00", "“A", "utf-16"),
            (b"\xfe\xff\x20\x1c\x00\x41", "“A", "utf-16"),
            ("“A".encode("utf-32"), "“A", "utf-32"),
            ("é“”".encode() + b"\xff", "é“”\ufffd", "utf-8 (damaged)"),
            (b"\x81", "\ufffd", "cp1252 (guessed)"),
            (b"\xff\xfeA\x00B", "A\ufffd", "utf-16"),
            (b"a\0b", "a\0b", "utf-8"),
            ("a\r\nb\rc\u2028d".encode(), "a\r\nb\rc\u2028d", "utf-8"),
        ],
    )
    def test_bytes(self, tmp_path, content, text, encoding):
        row = corpus.read(write(tmp_path / "a.txt", content)).iloc[0]
        assert (row["text"], row["encoding"]) == (text, encoding)

    def test_a_header_that_is_no_date_is_refused_by_its_report(self, tmp_path):
        write(tmp_path / "a.txt", "x")
        write(tmp_path / "b.txt", "date 2024-02-30 x")
        refused(tmp_path, r"found '2024-02-30' in row 2 \(document_id 'b'\)")

    def test_long_lines_are_not_slow(self, tmp_path):
        path = write(tmp_path / "a.txt", "x" * 500_000 + "\n" + " " * 500_000 + "\nend")
        assert len(corpus.read(path)["text"][0]) == 1_000_005


class TestMetadata:
    def test_it_is_believed_over_the_header_and_says_so(self, tmp_path):
        write(tmp_path / "a.txt", "date 2024-05-24 x")
        write(tmp_path / "b.txt", "date 2024-05-24 y")
        write(tmp_path / "metadata.csv", "file,published,published_basis,section\na.txt,2024-05-25,text,w\nb.txt,,,\n")
        with pytest.warns(
            tables.SkippedWarning, match="different dates for 1 of 2 reports, first 'a'; metadata.csv is"
        ):
            documents = corpus.read(tmp_path)
        assert documents["published"].dt.day.tolist() == [25, 24]
        assert documents["published_basis"].tolist() == ["text", "header"]
        assert documents["section"].tolist() == ["w", ""]

    def test_a_report_it_does_not_name_is_read_all_the_same(self, tmp_path):
        write(tmp_path / "a.txt", "x")
        write(tmp_path / "b.txt", "y")
        write(tmp_path / "metadata.csv", "file,outlet\nb.txt,AP\n")
        assert corpus.read(tmp_path)["outlet"].tolist() == ["", "AP"]

    def test_each_folder_may_have_its_own(self, tmp_path):
        for year in ("2023", "2024"):
            write(tmp_path / year / "a.txt", "x")
            write(tmp_path / year / "metadata.csv", f"file,outlet\na.txt,AP {year}\n")
        documents = corpus.read(tmp_path)
        assert documents[["document_id", "outlet"]].to_numpy().tolist() == [
            ["2023/a", "AP 2023"],
            ["2024/a", "AP 2024"],
        ]

    def test_asked_for_by_name_it_is_a_table(self, tmp_path):
        path = write(tmp_path / "metadata.csv", "document_id,text\na,x\n")
        assert corpus.read(path)["document_id"].tolist() == ["a"]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("file,outlet\nz.txt,AP\n", "metadata.csv: names 'z.txt', which is not there. Correct or remove the row"),
            ("name,outlet\na.txt,AP\n", "metadata.csv: expected a column 'file'; found name, outlet"),
            ("file,outlet\na.txt,AP\na.txt,AFP\n", "metadata.csv: expected each file once; found 'a.txt' twice"),
            ("file,document_id\na.txt,b\n", "found 'b' in rows 1, 2"),
            ("file,published\nb.txt,May 24\n", r"found 'May 24' in row 2 \(document_id 'b'\)"),
            ("", "metadata.csv: expected a table with a header line"),
        ],
    )
    def test_a_wrong_one_is_refused(self, tmp_path, content, message):
        write(tmp_path / "a.txt", "x")
        write(tmp_path / "b.txt", "y")
        write(tmp_path / "metadata.csv", content)
        refused(tmp_path, message)

    def test_alone_it_is_no_corpus(self, tmp_path):
        write(tmp_path / "metadata.csv", "file\n")
        refused(tmp_path, "found metadata.csv, which tells about .txt reports, and none of them")


class TestWhatIsThere:
    def test_a_missing_path(self, tmp_path):
        refused(tmp_path / "nowhere", "nowhere: there is no such file or folder .*Check the path")

    def test_an_empty_folder(self, tmp_path):
        refused(tmp_path, r"expected reports \(.txt, .csv.*; found an empty folder")

    def test_a_folder_of_other_things(self, tmp_path):
        for name in ("a.pdf", "b.pdf", "LICENCE"):
            write(tmp_path / name, "x")
        refused(tmp_path, "found 2 × .pdf, 1 × no ending")

    @pytest.mark.parametrize(("name", "found"), [("a.pdf", "a .pdf"), ("a", "a file without an ending")])
    def test_a_file_of_another_kind(self, tmp_path, name, found):
        refused(write(tmp_path / name, "x"), f"found {found}")

    def test_what_is_passed_over_is_named(self, tmp_path):
        for name in ("a.txt", "b.pdf", "c.docx", "README.md", ".hidden.txt", "in/.git/d.txt", "__MACOSX/a.txt"):
            write(tmp_path / name, "x")
        with pytest.warns(tables.SkippedWarning, match=r"2 of 4 files hold no reports .*passed over: b.pdf, c.docx \("):
            assert len(corpus.read(tmp_path)) == 1

    def test_upper_case_endings_are_read(self, tmp_path):
        write(tmp_path / "A.TXT", "x")
        write(tmp_path / "B.CSV", "document_id,text\nb,y\n")
        assert corpus.read(tmp_path)["document_id"].tolist() == ["A", "b"]


class TestZip:
    @pytest.mark.parametrize(
        "name", ["../a.txt", "in/../../a.txt", "/a.txt", "C:\\a.txt", "C:a.txt", "..\\a.txt", "\\\\h\\s\\a.txt"]
    )
    def test_a_path_outside_itself_is_refused(self, tmp_path, name):
        path = pack(tmp_path / "n.zip", {"ok.txt": "x", name: "y"})
        refused(path, "a path outside itself. Nothing was read; pack the archive again")

    def test_a_time_in_a_name_is_no_drive(self, tmp_path):
        path = pack(tmp_path / "n.zip", {"10:30 Update: news.txt": "x"})
        assert corpus.read(path)["document_id"].tolist() == ["10:30 Update: news"]

    def test_folders_and_hidden_files_are_no_reports(self, tmp_path):
        path = pack(tmp_path / "n.zip", {"in/": "", "in/a.txt": "x", "__MACOSX/in/._a.txt": "y", "in/.DS_Store": "z"})
        assert corpus.read(path)["document_id"].tolist() == ["in/a"]

    def test_an_encrypted_file_is_refused(self, tmp_path):
        content = bytearray(pack(tmp_path / "n.zip", {"a.txt": "x"}).read_bytes())
        content[content.index(b"PK\1\2") + 8] |= 1
        refused(write(tmp_path / "n.zip", bytes(content)), "'a.txt' is encrypted. Unpack it and give the folder")

    def test_an_unknown_compression_is_refused(self, tmp_path):
        content = bytearray(pack(tmp_path / "n.zip", {"a.txt": "x"}).read_bytes())
        content[8] = content[content.index(b"PK\1\2") + 10] = 99
        refused(
            write(tmp_path / "n.zip", bytes(content)), "packed in a way we cannot undo .*Unpack it and give the folder"
        )

    def test_a_file_packed_twice_is_refused(self, tmp_path):
        path = pack(tmp_path / "n.zip", {"a.txt": "x", "b.txt": "y"})
        path.write_bytes(path.read_bytes().replace(b"b.txt", b"a.txt"))
        refused(path, "expected each file once; found 'a.txt' 2 times")

    @pytest.mark.parametrize("spoil", ["not", "cut", "deflate", "checksum"])
    def test_a_damaged_archive_is_refused(self, tmp_path, spoil):
        letters = "".join(random.Random(0).choices("abcdefgh", k=4000))
        content = bytearray(pack(tmp_path / "n.zip", {"a.txt": letters}).read_bytes())
        if spoil == "deflate":
            content[60:90] = b"\xff" * 30
        if spoil == "checksum":
            content[content.index(b"PK\1\2") + 16] ^= 255
        broken = {"not": b"no archive", "cut": bytes(content[:300])}.get(spoil, bytes(content))
        refused(write(tmp_path / "n.zip", broken), "n.zip: expected a .zip archive; it is damaged .*pack it again")

    @pytest.mark.parametrize("members", [{}, {"a.pdf": "x"}, {"inner.zip": "PK"}])
    def test_an_archive_without_reports_is_refused(self, tmp_path, members):
        refused(pack(tmp_path / "n.zip", members), "expected reports .*found none in the archive")
