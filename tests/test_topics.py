"""Topics: what they say, how their mistakes are told, and the cache."""

import pickle
from pathlib import Path

import pytest
from topic_samples import TOPIC, load_cases, write_topic

from conformance.case import Case, Limits
from conformance.topics import TopicError, find, load, probe_source, topic_name
from conformance.versions import expected


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "cache"))


def mistakes(tmp_path: Path, text: str) -> list[str]:
    """The mistakes of a topic as `LINE KEY: MESSAGE`."""
    with pytest.raises(TopicError) as caught:
        load(write_topic(tmp_path, text), tmp_path)
    return [f"{problem.line} {problem.key}: {problem.message}" for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    assert TOPIC.count(old) == 1
    return TOPIC.replace(old, new)


def test_a_case_has_its_identity_and_the_defaults_of_its_topic(tmp_path: Path) -> None:
    case = load_cases(tmp_path)["two-hundred-addresses"]
    assert case.id == "resolver/truncation::two-hundred-addresses"
    assert (case.family, case.topic, case.line) == ("resolver", "Truncated answers", 10)
    assert case.about == "What this is about, in two lines."
    assert case.functions == ("getaddrinfo",)
    assert case.scenario.probe == "probe"
    assert case.scenario.argv == ("many.test", "--flags=a b")
    assert case.scenario.time == 2.5
    assert case.requires == {"addresses": 200}
    assert case.expect["musl <1.2.4"] == {"result": "EAI_NONAME", "addresses": 0, "tcp_queries": 0}
    assert case.why == "musl keeps at most 48 addresses of one lookup; before 1.2.4 it had no TCP."


def test_every_key_is_read(tmp_path: Path) -> None:
    case = load_cases(tmp_path)["everything"]
    scenario = case.scenario
    assert scenario.argv == ("one", "2 3", "4")
    assert scenario.stdin == "line\n"
    assert scenario.environment == {"LC_ALL": "C.UTF-8", "COUNT": "5"}
    assert scenario.files == {"/etc/hosts": "10.0.0.1 a.test\n", "/etc/services": None}
    assert scenario.resolver == {"options": "ndots:2", "search": "a.test"}
    assert scenario.nameservers == ({"records": {"a.test": {"A": "10.0.0.1"}}, "udp": "truncate"},)
    assert scenario.observe == ("udp_queries", "tcp_queries")
    assert scenario.flags == ("-O2", "-DSIZE=8")
    assert scenario.limits == Limits(memory=64 << 20, processes=8, open_files=32, file_size=1024)
    assert scenario.time == 0.5
    assert scenario.bands == {"elapsed": {"at once": 0.5, "one timeout": 1.8}}
    assert case.functions == ("fopen", "fgets")
    assert case.needs == ("root", "ipv6", {"locale": "C.UTF-8"}, {"kernel": ">=5.10"}, {"cpu": "avx2"})
    assert case.status == "undefined"


def test_values_keep_their_types(tmp_path: Path) -> None:
    facts = load_cases(tmp_path)["everything"].expect["all"]
    typed = {name: (type(value), value) for name, value in facts.items()}
    assert typed == {
        "count": (int, 1),
        "real": (float, 1.5),
        "ok": (bool, True),
        "text": (str, "2"),
        "list": (list, [1, "a", "b, c"]),
        "time": (str, "12:30"),
    }


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("2001-01-01", "2001-01-01"),
        ("1e5", 1e5),
        ("-0.0", -0.0),
        ("0x1f", 31),
        ("18446744073709551615", 2**64 - 1),
        ("null-terminated", "null-terminated"),
        ("-", "-"),
        ("exit 3", "exit 3"),
        ("'1'", "1"),
        ("1.2.3", "1.2.3"),
        ("+", "+"),
        ("[]", []),
    ],
)
def test_words_mean_what_yaml_1_2_says(tmp_path: Path, word: str, value: object) -> None:
    if word == "-":
        word = "'-'"
    case = load_cases(tmp_path, changed("count: 2,", f"count: {word},"))["everything"]
    assert repr(case.expect["musl"]["count"]) == repr(value)


def test_a_narrower_selector_overrides_and_null_takes_away(tmp_path: Path) -> None:
    text = changed("musl: {count: 2, only: ~}", "musl: {count: 2}\n      musl <1.2.3: {count: 3, real: ~}")
    case = load_cases(tmp_path, text)["everything"]
    assert expected(case, "glibc", "2.36")["count"] == (1, "all")
    assert expected(case, "musl", "1.2.3")["count"] == (2, "musl")
    assert expected(case, "musl", "1.2.2")["count"] == (3, "musl <1.2.3")
    assert "real" not in expected(case, "musl", "1.2.2")
    assert "real" in expected(case, "musl", "1.2.3")


def test_a_topic_outside_has_the_ids_of_the_folder_that_was_named(tmp_path: Path) -> None:
    topic = write_topic(tmp_path / "mine")
    assert topic_name(topic, tmp_path) == "mine/resolver/truncation"
    assert load(topic, tmp_path)[0].family == "mine"
    assert topic_name(topic) == "truncation"
    assert load(topic)[0].family == "resolver"
    assert list(find(tmp_path)) == [topic]


def test_a_probe_beside_the_topic_is_found(tmp_path: Path) -> None:
    topic = write_topic(tmp_path)
    assert probe_source("probe", topic) == topic.parent / "probe.c"
    assert probe_source("../resolver/probe", topic) == topic.parent / "../resolver/probe.c"
    assert probe_source("other", topic) is None
    assert probe_source("/etc/probe", topic) is None


def test_all_mistakes_are_told_together_with_their_lines(tmp_path: Path) -> None:
    text = changed("status: undefined", "statsu: undefined").replace("time: 2.5", "time: soon")
    assert mistakes(tmp_path, text) == [
        "8 time: must be a number, not 'soon'",
        "28 cases.everything: `status` is missing",
        "42 cases.everything.statsu: unknown key: did you mean `status`?",
    ]


def test_the_message_names_file_line_and_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TopicError) as caught:
        load(write_topic(tmp_path, changed("{musl: limit}", "{musl: limti}")), tmp_path)
    assert str(caught.value) == (
        "the topic resolver/truncation.yaml has a mistake:\n"
        "  resolver/truncation.yaml:22: cases.two-hundred-addresses.grade.musl: "
        "unknown grade 'limti': did you mean `limit`?"
    )


def test_at_most_twenty_mistakes_are_shown(tmp_path: Path) -> None:
    lines = "".join(f"      k{n}: {{}}\n" for n in range(30))
    with pytest.raises(TopicError) as caught:
        load(write_topic(tmp_path, changed("    grade:  {musl: limit}\n", lines.replace("      ", "    "))))
    assert len(caught.value.problems) == 30
    assert str(caught.value).count("\n") == 21
    assert str(caught.value).endswith("and 10 more")


def test_the_error_can_be_sent_to_another_process(tmp_path: Path) -> None:
    with pytest.raises(TopicError) as caught:
        load(write_topic(tmp_path, "topic: x\n"), tmp_path)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.problems) == (str(caught.value), caught.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("probe: probe", "probe: prob", "6 probe: there is no prob.c"),
        ("probe: probe", "probe: probe.c", "6 probe: give the probe without its suffix: probe"),
        ("probe: probe", f"probe: {'p' * 300}", "is not a probe's name"),
        ("probe: probe", "probe: /etc/probe", "is not a probe's name"),
        ("topic: Truncated answers\n", "", "2 : `topic` is missing"),
        ("topic: Truncated answers", "topic: 5", "2 topic: must be text, not the number 5: put it in quotes"),
        ("    title: A name with 200 addresses\n", "", "10 cases.two-hundred-addresses: `title` is missing"),
        ("title: A name with 200 addresses", f"title: {'x' * 80}", "has 80 characters"),
        ("two-hundred-addresses:", "Two_hundred:", "is not a case's name"),
        ("  unknown-yet:", "  everything:", "47 cases.everything: is given twice, first on line 28"),
        ("    stdin: ", "    title: twice\n    stdin: ", "is given twice, first on line 29"),
        ("status: specified", "status: specifed", "unknown status 'specifed': did you mean `specified`?"),
        ("status: specified", "status: undefined", "requires: needs `status: specified`, not undefined"),
        ("    clause: RFC 1035 4.2.1, RFC 7766 5\n", "", "requires: needs a `clause` that demands it"),
        ("{musl: limit}", "{uclibc: limit}", "'uclibc' is not a family: did you mean `glibc`?"),
        ("addresses: 48,", "the-addresses: 48,", "'the-addresses' is not a fact's name"),
        ("addresses: 48,", "a{}: 48,".format("a" * 39), "is not a fact's name"),
        ("musl >=1.2.5:", "musl >=1.2.3:", "overlaps `musl >=1.2.3`: both match musl 1.2.3"),
        ("musl >=1.2.5:", "musl >1.2.3:", "overlaps `musl >1.2.3`: both match musl 1.2.3.1"),
        ("musl >=1.2.5:", "musl ==1.2.4:", "matches no catalogued version (musl 1.2.2, 1.2.3, 1.2.5, 1.2.6)"),
        ("musl >=1.2.5:", "musl 1.2.5:", "'1.2.5' is not a range of versions"),
        ("musl >=1.2.5:", "musl >=1.2.x:", "is not a range of versions"),
        ("musl >=1.2.5:", "mussel:", "'mussel' selects nothing"),
        ("count: 1,", "count: ~,", "all.count: is empty"),
        ("count: 1,", "count: yes,", "yes is read differently by YAML 1.1 and 1.2"),
        ("count: 1,", "count: 010,", "010 is read differently"),
        ("count: 1,", "count: .nan,", ".nan is read differently"),
        ("count: 1,", "count: 99999999999999999999,", "does not fit in 64 bits"),
        ("count: 1,", "count: 1e999,", "does not fit in a double"),
        ("count: 1,", "count: {a: 1},", "must be a value or a list of values, not a mapping"),
        ("count: 1,", "count: [[1]],", "count[0]: must be a value, not a list"),
        ("count: 1,", 'count: "a\\n",', "has a line break or another character that facts spell as"),
        ("count: 1,", "count: !!int 1,", "YAML tags such as tag:yaml.org,2002:int are not supported"),
        ("musl: {count: 2, only: ~}", "musl: !!omap {count: 2}", "YAML tags such as tag:yaml.org,2002:omap"),
        ("count: 1,", "count: &x 1, other: *x,", "YAML anchors are not supported"),
        ("musl: {count: 2, only: ~}", "musl: {}", "names no fact"),
        ("[root,", "[rot,", "needs[0]: unknown need 'rot': did you mean `root`?"),
        ("[root,", "[locale,", "needs[0]: unknown need 'locale': write {locale: ...}"),
        ("{cpu: avx2}", "{gpu: x}", "unknown need 'gpu': did you mean `cpu`?"),
        ('">=5.10"', "new", "'new' is not a range of versions such as '>=5.10'"),
        ("time: 0.5", "time: 0", "must be a time in seconds above 0, not 0"),
        ("one timeout: 1.8", "one timeout: 0.5", "the bounds must rise from band to band"),
        ("one timeout: 1.8", "longer: 1.8", "`longer` is the name of what is above all bands"),
        ("memory: 64M", "memory: 64Q", "limits.memory: must be a size such as 64M, not '64Q'"),
        ("processes: 8", "processes: 8M", "limits.processes: must be a number such as 32"),
        ("memory: 64M", "memory: 9999999999999999G", "is more than there can be"),
        ("open files:", "openfiles:", "limits.openfiles: unknown key: did you mean `open files`?"),
        ("[-O2,", "[O2,", "flags[0]: 'O2' is not a compiler option"),
        ("/etc/hosts:", "/usr/hosts:", "must be a plain path under /etc or /tmp"),
        ("/etc/hosts:", "/etc/../hosts:", "must be a plain path under /etc or /tmp"),
        ("LC_ALL:", "LC=ALL:", "is not the name of an environment variable"),
        ("COUNT: 5", 'COUNT: "a\\0b"', "must not contain a NUL character"),
        ("{options:", "{option:", "resolver.option: unknown key: did you mean `options`?"),
        ("[https://example.org/page]", "[example.org]", "'example.org' is not a link"),
        ("[https://example.org/page]", "['http://[']", "is not a link"),
        ("--flags='a b'", "--flags='a b", "run: cannot be split into words: no closing quotation"),
        ("udp: truncate", "udp: trunkate", "nameservers[0].udp: "),
        ("{a.test: {A: 10.0.0.1}}", "{a.test: {A: 10.0.0.x}}", "nameservers[0].records.a.test.A"),
        ("    title: All keys", "\ttitle: All keys", "there is a tab: indent with spaces"),
        ("    title: All keys", "   title: All keys", "not YAML"),
        ("topic: Truncated answers", "topic: Truncated: answers", "2 : not YAML: mapping values"),
        ("    status: undefined\n", "    status: undefined\n    cases: {}\n", "belongs to the topic"),
        ("time: 2.5", "title: x", "belongs to each case"),
    ],
)  # fmt: skip
def test_a_mistake_is_told(tmp_path: Path, old: str, new: str, mistake: str) -> None:
    assert any(mistake in told for told in mistakes(tmp_path, changed(old, new)))


@pytest.mark.parametrize(
    ("content", "mistake"),
    [
        (b"", "is empty"),
        (b"# nothing\n", "is empty"),
        (b"- a\n", "must be a mapping with `topic`"),
        (b"topic: a\nabout: b\ncases: {}\n", "there is no case"),
        (b"topic: a\n--- \ntopic: b\n", "not YAML"),
        (b"topic: \xff\n", "byte 0xff is not UTF-8"),
        (b"topic: \x01\n", "not YAML"),
        (b"a: " + b"[" * 100 + b"]" * 100, "nested more than 20 deep"),
        (b"a: " + b"[" * 5000, "not YAML"),
        (b"a: &x [*x]\n", "YAML anchors are not supported"),
        (b"? [a]\n: b\n", "a key must be a word"),
        (b"x" * (5 << 20), "is larger than 4 MiB"),
    ],
)
def test_a_file_that_is_no_topic_is_refused(tmp_path: Path, content: bytes, mistake: str) -> None:
    topic = write_topic(tmp_path)
    topic.write_bytes(content)
    with pytest.raises(TopicError, match=mistake):
        load(topic, tmp_path)


def test_a_topic_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(TopicError, match="cannot be read: No such file"):
        load(tmp_path / "absent.yaml", tmp_path)


def cached(tmp_path: Path) -> Path:
    (entry,) = (tmp_path / "cache" / "topics").iterdir()
    return entry


def test_cached_cases_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = write_topic(tmp_path)
    first = load(topic, tmp_path)
    monkeypatch.setattr("conformance.topics.read_topic", _never)
    assert load(topic, tmp_path) == first


def _never(*_: object) -> list[Case]:
    raise AssertionError("the topic was read again")


def test_another_text_is_read_again(tmp_path: Path) -> None:
    load_cases(tmp_path)
    cases = load_cases(tmp_path, changed("A name with 200 addresses", "Another title"))
    assert cases["two-hundred-addresses"].title == "Another title"
    assert cached(tmp_path)


def test_the_cache_does_not_hide_that_a_probe_is_gone(tmp_path: Path) -> None:
    topic = write_topic(tmp_path)
    load(topic, tmp_path)
    (topic.parent / "probe.c").unlink()
    with pytest.raises(TopicError, match=r"there is no probe\.c"):
        load(topic, tmp_path)


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 500])
def test_a_damaged_cache_is_passed_over(tmp_path: Path, damage: bytes) -> None:
    topic = write_topic(tmp_path)
    first = load(topic, tmp_path)
    entry = cached(tmp_path)
    whole = entry.read_bytes()
    for content in (damage, whole[:-1], whole[:40] + damage + whole[40:]):
        entry.write_bytes(content)
        assert load(topic, tmp_path) == first
        assert entry.read_bytes() == whole


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CONFORMANCE_CACHE", str(tmp_path / "file"))
    assert load_cases(tmp_path)
