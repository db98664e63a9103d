"""Every sentence exists in Chinese and in English, under the same keys, with the same places for values; none in code."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from functools import partial

import pytest

from tests.house.tree import ROOT, Files, files, within

Words = dict[str, str]
HAN = re.compile(r"[\u4e00-\u9fff]")
PLACE = re.compile(r"\{(\w+)\}")
# Chinese words that are data, not sentences: invented people, places and the shipped lists
DATA_FILES = re.compile(r"(demo|starter|sample|seed|divisions|surnames|calendar|regulation|template)")
OWN_NAMES = re.compile("网格行|中文")  # the product and the language call themselves so everywhere
OPENING = re.compile(r"^export const (?:zh|en)\b", re.M)
SAME_IN_BOTH = re.compile(r"^[\W\d_A-Za-z{}]*$")


def unlike(zh: Words, en: Words) -> list[str]:
    """What one language has and the other lacks: keys, values in braces, or a translation at all."""
    found = [f"{key}: only in zh" for key in zh.keys() - en.keys()]
    found += [f"{key}: only in en" for key in en.keys() - zh.keys()]
    for key in sorted(zh.keys() & en.keys()):
        if not zh[key].strip() or not en[key].strip():
            found.append(f"{key}: empty")
        if sorted(set(PLACE.findall(zh[key]))) != sorted(set(PLACE.findall(en[key]))):
            found.append(f"{key}: values in braces differ")
        if not HAN.search(zh[key]) and not SAME_IN_BOTH.match(zh[key]):
            found.append(f"{key}: zh is not Chinese")
    return found


def lock_words(language: str) -> Words:
    """The words of the lock and of 我的数据, which travel apart from the first page."""
    return client_words(language, f"lock_{language}")


def client_words(language: str, file: str = "") -> Words:
    """The words of the phone, read by node from the TypeScript file; nested keys are joined by dots."""
    script = f"""
      import {{ build }} from 'esbuild';
      const made = await build({{ entryPoints: ['static/src/text/{file or language}.ts'], bundle: true, write: false,
                                  format: 'esm', logLevel: 'silent' }});
      const module = await import('data:text/javascript;base64,' + Buffer.from(made.outputFiles[0].text).toString('base64'));
      const flat = {{}};
      const walk = (value, path) => {{
        if (value && typeof value === 'object') for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
        else flat[path.join('.')] = String(value);
      }};
      walk(module.{language}, []);
      console.log(JSON.stringify(flat));
    """
    answer = subprocess.run(
        ["node", "--input-type=module", "-e", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    return dict(json.loads(answer.stdout))


def pieces() -> list[str]:
    """Files of words that travel with their screens and not with the first page: each holds both languages."""
    files = sorted((ROOT / "static/src/text").glob("*.ts"))
    both = {"export const zh", "export const en"}
    return [file.stem for file in files if both <= set(OPENING.findall(file.read_text("utf-8")))]


def server_words(language: str) -> Words:
    return dict(json.loads((ROOT / f"server/text/{language}.json").read_text("utf-8")))


SIDES = [server_words, client_words, lock_words, *(partial(client_words, file=piece) for piece in pieces())]


@pytest.mark.parametrize("side", SIDES)
def test_both_languages_say_everything(side) -> None:
    assert unlike(side("zh"), side("en")) == []


def test_a_missing_sentence_is_noticed() -> None:
    assert unlike({"a": "保存"}, {}) == ["a: only in zh"]
    assert unlike({}, {"a": "Save"}) == ["a: only in en"]
    assert unlike({"a": "{n} 条"}, {"a": "some"}) == ["a: values in braces differ"]
    assert unlike({"a": "Save it"}, {"a": "Save it"}) == []
    assert unlike({"a": "Café"}, {"a": "Café"}) == ["a: zh is not Chinese"]
    assert unlike({"a": " "}, {"a": "x"}) == ["a: empty"]


def python_strings(source: str) -> Iterator[tuple[int, str]]:
    """String constants of a module, docstrings apart."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def without_comments(source: str) -> str:
    """TypeScript, JavaScript or a template with its comments blanked, line numbers kept."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found.group().count("\n")

    return re.sub(r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->|(?<![:'\"])//[^\n]*", blank, source, flags=re.DOTALL)


def sentences_in_python(tree: Files) -> list[str]:
    return [
        f"{name}:{line}: {text[:40]}"
        for name, source in tree.items()
        if name.endswith(".py") and not DATA_FILES.search(name)
        for line, text in python_strings(source)
        if HAN.search(OWN_NAMES.sub("", text))
    ]


def sentences_in_pages(tree: Files) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:60]}"
        for name, source in tree.items()
        if not name.startswith("static/src/text/")
        for number, line in enumerate(without_comments(source).splitlines(), 1)
        if HAN.search(OWN_NAMES.sub("", line))
    ]


def test_the_server_says_nothing_by_itself() -> None:
    assert sentences_in_python(within(files(), "server")) == []


def test_the_phone_and_the_pages_say_nothing_by_themselves() -> None:
    tree = within(
        files(), "static/src", "service_worker", "templates", "static/office", endings=(".ts", ".tsx", ".html", ".js")
    )
    assert sentences_in_pages(tree) == []


def test_a_sentence_in_code_is_noticed() -> None:
    assert sentences_in_python({"server/a.py": '"""说明"""\nx = "已存手机"  # 注\n'}) == ["server/a.py:2: 已存手机"]
    assert sentences_in_pages({"static/src/a.tsx": "// 注\n/* 注 */\nconst a = <p>保存</p>;"}) == [
        "static/src/a.tsx:3: const a = <p>保存</p>;"
    ]


# Words that the face forbids, each with what is said instead. A sentence that says what the product never does may name it.
FORBIDDEN = {
    "zh": {
        r"审批": "审核", r"派单": "交办", r"打卡": "(forced check-ins do not exist)", r"排名|排行榜": "(no leaderboard)",
        r"在线时长": "(online minutes are not counted)", r"徽章|勋章": "荣誉章", r"专职员|专员": "专职网格员",
        r"整改通知|责令|处罚": "劝导 (a worker advises; orders are a department's)", r"调解协议书": "(a grid worker has no seal)",
        r"信教|宗教信仰|政治面貌": "(not collected)",
    },
    "en": {
        r"(?<!work )(?<!merit )badge": "work badge or merit badge", r"leaderboard|ranking": "(none)", r"check-in": "(none)",
        r"inspector": "grid worker", r"\bfined\b|penalt": "advice", r"approval chain": "review",
    },
}  # fmt: skip
# what is said never to be done or is refused in a rule set, and the grounds of Art. 12 in the words of the law
NEVER_DONE = re.compile(
    r"^notice\.(never|short)|^selfcheck\.(ranking|traces|forcing)|\.is_not$|^(refusals\.)?ground\."
    r"|^evaluation\.(fault|paragraph)\."
)


def forbidden(words: Words, language: str) -> list[str]:
    """Sentences that use a word of the list, and what should stand there."""
    return [
        f"{key}: {sentence!r} has {found[0]!r}, say {instead}"
        for key, sentence in words.items()
        if not NEVER_DONE.search(key)
        for pattern, instead in FORBIDDEN[language].items()
        if (found := re.search(pattern, sentence, re.IGNORECASE))
    ]


@pytest.mark.parametrize("language", FORBIDDEN)
@pytest.mark.parametrize("side", SIDES)
def test_no_word_is_used_that_the_face_forbids(side, language: str) -> None:
    assert forbidden(side(language), language) == []


def test_a_forbidden_word_is_noticed() -> None:
    assert forbidden({"a": "等待审批", "notice.never_2": "不计打卡"}, "zh") == ["a: '等待审批' has '审批', say 审核"]
    assert len(forbidden({"a": "Your badge", "b": "Your work badge"}, "en")) == 1
