"""`python -m tests.docs`: write every block that is made from the code anew."""

from __future__ import annotations

from tests.docs.made import MAKERS
from tests.docs.marks import names_in, renewed
from tests.docs.pages import pages


def main() -> None:
    for page in pages():
        if not names_in(page):
            continue
        new = renewed(page, MAKERS)
        if new != page.text:
            page.path.write_text(new, encoding="utf-8")
            print(f"{page.name}: written")  # noqa: T201


if __name__ == "__main__":
    main()
