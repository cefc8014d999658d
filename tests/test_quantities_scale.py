"""Quantities of any text at all: never a hang, never a wrong offset, the same bytes however the work is split."""

import time
from itertools import pairwise

import joblib
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import corpus, quantities, tables

PIECES = """12 3,000 twelve two million a dozen % $5m 2-1 from to between and more than at least up about no the of in
none nobody deaths rose put toll at study 61, 000 x 4 10 Five by aged hurt
Smith Mary the ministry said says according to , . : ; “ ” " '' ( ) — - people killed were John who one report estimate
plan under 2024 May 24 10:30 o'clock Gaza UN U.N. Mr. 's ’s I it she saying reported"""
WORDS = [*PIECES.split(), "\n\n"]
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=40).map("".join),
    st.text(alphabet="0123456789.,-–/ $%", max_size=120),
    st.text(alphabet="“”\"'‘’: Aa1.", max_size=120),
)


def passages_of(*texts):
    ids = [f"d{place:05}" for place in range(len(texts))]
    return corpus.split(corpus.from_frame(pd.DataFrame({"document_id": ids, "text": list(texts)})))


def sentences_of(*texts):
    """Each text as one passage, as a user's own splitter may leave it."""
    rows = [(f"d{place:05}", 0, len(text), text) for place, text in enumerate(texts)]
    return pd.DataFrame(rows, columns=["document_id", "start", "end", "text"])


@given(text=TEXTS)
def test_any_text_has_quantities_that_point_into_it(text):
    documents = corpus.from_frame(pd.DataFrame({"document_id": ["a"], "text": [text]}))
    kept = documents["text"].iloc[0]
    for row in quantities.extract(corpus.split(documents)).itertuples():
        assert kept[row.start : row.end] == row.surface
        assert row.speaker == ("" if pd.isna(row.speaker_start) else kept[row.speaker_start : row.speaker_end])
        assert not row.low > row.high
        assert (row.speaker == "") == (row.cue == "")


@pytest.mark.parametrize(
    "unit",
    [
        "7",
        "7 ",
        "A",
        "Ab ",
        "Mary said 12 ",
        "he said 1",
        "said Aaaa Bbbb 1111 ",
        "، ١٢ قتيلا ",
        "\u202e12 \u0001\u0002",
        "“",
        '"12 ',
        "(12 ",
        "one of ",
        "Smith’s own ",
        "the number of ",
        "two hundred and ",
        "from 2 to ",
        "according to Mary Smith ",
        ", a man, ",
        "111, ",
        "x1",
        "1×10",
        "no one ",
        "put the toll ",
        "a study by ",
        "Radio Five ",
        "6-4 3-6 ",
    ],
    ids=range(27),
)
def test_time_grows_with_the_text_and_not_faster(unit):
    def seconds(n_characters):
        passages = sentences_of((unit * (n_characters // len(unit) + 1))[:n_characters].strip() + "x")
        began = time.process_time()
        quantities.extract(passages)
        return time.process_time() - began

    seconds(3_000)
    # Four times the text may take four times as long; sixteen would be a square.
    assert seconds(40_000) < 10 * seconds(10_000) + 0.5


@pytest.mark.parametrize(
    ("unit", "n_found"), [("word ", 0), ("7", None), ("ا ب ", 0)], ids=["words", "digits", "right-to-left"]
)
def test_five_megabytes_without_a_full_stop(unit, n_found):
    text = unit * (5_000_000 // len(unit))
    began = time.process_time()
    found = quantities.extract(sentences_of(text.strip()))
    assert time.process_time() - began < 30
    assert n_found is None or len(found) == n_found


@pytest.fixture(scope="module")
def many():
    texts = [
        f"Some {place} people died in Rafah, according to medics.\n“We saw {place + 3} trucks,” Mary Smith said."
        for place in range(2, 40)
    ]
    return passages_of(*texts, "", "Nobody came.")


@pytest.mark.parametrize(("n_jobs", "batch_size"), [(1, 1), (1, 500), (2, 700), (-1, 10**9), (None, 1000)])
def test_neither_processes_nor_batches_nor_order_change_the_result(many, n_jobs, batch_size):
    expected = quantities.extract(many, n_jobs=1)
    shuffled = many.sample(frac=1, random_state=batch_size % 7)
    pd.testing.assert_frame_equal(quantities.extract(shuffled, n_jobs=n_jobs, batch_size=batch_size), expected)


def test_a_batch_holds_whole_documents(many):
    found = quantities.extraction._batches(many, 100)
    assert found[0][0] == 0
    assert found[-1][1] == len(many)
    for (_, last), (first, _) in pairwise(found):
        assert first == last
        assert many["document_id"][first] != many["document_id"][first - 1]


def test_a_cluster_reads_the_batches(many):
    distributed = pytest.importorskip("distributed")
    expected = quantities.extract(many, n_jobs=1)
    with (
        distributed.Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None) as _,
        joblib.parallel_config(backend="dask"),
    ):
        pd.testing.assert_frame_equal(quantities.extract(many, batch_size=500), expected)


@pytest.mark.parametrize("batch_size", [0, -1, 1.5, True, "all"])
def test_a_batch_size_that_is_none_is_refused(many, batch_size):
    with pytest.raises(quantities.QuantitiesError, match="batch_size expects a whole number of characters above 0"):
        quantities.extract(many, batch_size=batch_size)


def test_no_passages_have_no_quantities():
    found = quantities.extract(tables.empty(tables.Passages))
    assert found.empty
    assert list(found.columns) == tables.columns(tables.Quantities)


# ---- speakers of the user's own


OWN = pd.DataFrame(
    {
        "label": ["Civil Defence", "local medics", "the ministry"],
        "name": ["Civil Defence (Sudan)", "Medics of Rafah", "Health Ministry"],
        "kind": ["NGO or UN", "witness", "official"],
        "context": ["Khartoum", "", ""],
    }
)


def names(text, **options):
    found = quantities.extract(passages_of(text), **options)
    return [tuple(row) for row in found[["speaker", "speaker_name", "speaker_kind"]].itertuples(index=False)]


def test_a_user_names_speakers(tmp_path):
    path = tmp_path / "speakers.csv"
    OWN.to_csv(path, index=False)
    text = "Some 12 people died, according to local medics."
    expected = [("local medics", "Medics of Rafah", "witness")]
    assert names(text, speakers=OWN) == names(text, speakers=path) == names(text, speakers=str(path)) == expected
    assert names(text) == [("local medics", "local medics", "witness")]


def test_a_label_of_the_user_may_need_its_context():
    text = "Some 12 people died in {}, Civil Defence said."
    assert names(text.format("Khartoum"), speakers=OWN)[0][1] == "Civil Defence (Sudan)"
    assert names(text.format("Homs"), speakers=OWN)[0][1] == "Civil Defence"


def test_a_table_of_speakers_goes_before_the_lexicon():
    own = pd.DataFrame({"label": ["IDF"], "name": ["Israeli army"], "kind": ["official"]})
    text = "The IDF said 12 people died."
    assert names(text, speakers=own) == [("The IDF", "Israeli army", "official")]
    assert names(text) == [("The IDF", "Israel Defense Forces", "armed party")]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"label": ["a"]}, "speakers needs the columns label, name and kind; name, kind missing, found label."),
        ({"label": ["a"], "name": ["b"], "kind": ["army"]}, "found 'army' in row 0"),
        ({"label": ["a", ""], "name": ["b", "c"], "kind": ["", ""]}, "expects a label and a name in each row; row 1"),
        ({"label": ["a", "A"], "name": ["b", "c"], "kind": ["", ""]}, "'A' is 'b' and 'c' in row 1"),
    ],
    ids=["columns", "kind", "label", "twice"],
)
def test_a_table_that_names_no_speakers_is_refused(many, table, message):
    with pytest.raises(quantities.SpeakersError, match=message.replace(".", r"\.")):
        quantities.extract(many, speakers=pd.DataFrame(table))
