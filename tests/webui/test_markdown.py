"""Texts of forms as HTML: what they mark is marked, what they hold of HTML does nothing."""

from __future__ import annotations

import pytest

from webui import markdown


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("ธรรมดา", "<p>ธรรมดา</p>"),
        ("a\nb\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("# หัวข้อ\nข้อความ", "<h2>หัวข้อ</h2><p>ข้อความ</p>"),
        ("- a\n- **b**\n\nc", "<ul><li>a</li><li><strong>b</strong></li></ul><p>c</p>"),
        ("x\n1. a\n2. b", "<p>x</p><ol><li>a</li><li>b</li></ol>"),
        ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("*a* 2 * 3 * 4 `<b>`", "<p><em>a</em> 2 * 3 * 4 <code>&lt;b&gt;</code></p>"),
        ("snake_case__x **", "<p>snake_case__x **</p>"),
        ("<script>a</script> & <img src=x onerror=y>", "<p>&lt;script&gt;a&lt;/script&gt; &amp; &lt;img src=x onerror=y&gt;</p>"),
        ("", ""),
    ],
)
def test_markdown(text: str, made: str) -> None:
    assert str(markdown.html(text)) == made
