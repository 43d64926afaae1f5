"""Templates to PDF, without reaching outside the pack."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from engine.errors import Invalid
from engine.papers.typesetting import Typesetter, check_templates

LETTER = b"""#import "form.typ": data
#set text(font: sys.inputs.font)
#data.to"""
FILES = {"letters/letter.typ": LETTER, "letters/form.typ": b"#let data = json(bytes(sys.inputs.data))", "other.csv": b"x"}


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter()


def test_a_letter_in_thai(typesetter: Typesetter) -> None:
    pdf = typesetter.typeset("letters/letter.typ", {"to": "ผู้ว่าราชการจังหวัดน่าน"}, files=FILES)
    reader = PdfReader(io.BytesIO(pdf))
    assert "ราชการ" in reader.pages[0].extract_text()
    assert b"pdfaid:part>2" in pdf  # PDF/A-2
    fonts = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    assert all("Sarabun" in font.get_object()["/BaseFont"] for font in fonts.values())


def test_data_is_never_code(typesetter: Typesetter) -> None:
    pdf = typesetter.typeset("letters/letter.typ", {"to": '#panic("x") #read("/etc/passwd")'}, files=FILES)
    assert "#panic" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.parametrize(
    "source",
    ['#import "@preview/cetz:0.3.0"', '#import "@" + "preview/x:1.0.0"', "#let p = 1\n#include p", '#eval("1")', '#plugin("x.wasm")',
     '#import ("@preview/x:1.0.0")'],
)  # fmt: skip
def test_reaching_outside_is_refused(source: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_templates({"letters/x.typ": source.encode()})
    assert caught.value.problems[0].file == "letters/x.typ"
    assert caught.value.problems[0].line is not None


def test_a_path_out_of_the_pack_is_refused() -> None:
    with pytest.raises(Invalid):
        check_templates({"../x.typ": b""})


def test_a_broken_template_says_where(typesetter: Typesetter) -> None:
    with pytest.raises(Invalid, match="broken.typ"):
        typesetter.typeset("broken.typ", {}, files={"broken.typ": b"#nothing"})
    with pytest.raises(Invalid, match="no template"):
        typesetter.typeset("missing.typ", {}, files={})


def test_the_pack_s_own_templates_pass() -> None:
    pack_folder = Path("bpmn/participation")
    check_templates({str(path.relative_to(pack_folder)): path.read_bytes() for path in pack_folder.rglob("*.typ")})
