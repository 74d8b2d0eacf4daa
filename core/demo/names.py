"""Names of every kind: short, compound, with a dot, outside the basic plane, in Latin letters."""

from __future__ import annotations

from random import Random

__all__ = ["DOT", "dotted_name", "foreign_name", "given_name", "han_name", "surname"]

DOT = "\u00b7"
SURNAMES = tuple(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜戚谢邹喻柏苏潘葛范彭郎鲁韦马苗方俞任袁柳"
)
COMPOUND = ("欧阳", "司马", "上官", "诸葛", "尉迟", "端木")
FIRST = tuple("安柏冬朝墨青松临云秋知若景书亦南星听远素")
MALE = tuple("川岩帆舟峰砚铭柯朗驰林樾廷戈")
FEMALE = tuple("荷岚芷棠鸢绮苓蔓宁瑶菱溪月霏")
RARE = ("龘", "㛃", "\U0002cb4e", "\U00020bb7", "\U0002b8f9")
UYGUR = ("买买提", "阿依古丽", "吐尔逊", "古丽娜尔", "艾克拜尔", "热依汗", "帕提曼", "玉素甫")
TIBETAN = ("扎西", "卓玛", "次仁", "央金", "旦增", "白玛")
LATIN = ("Linh", "Minh", "Dara", "Sokha", "Anisa", "Tomas", "Joyce", "Ravi")
LATIN_FAMILY = ("TRAN", "OKORO", "SANTOS", "LIM", "NAVARRO", "SINGH")


def surname(rng: Random) -> str:
    """A family name, now and then one of two characters."""
    return rng.choice(COMPOUND) if rng.random() < 0.03 else rng.choice(SURNAMES)


def given_name(rng: Random, sex: str) -> str:
    """One or two characters; seldom one that older systems cannot store."""
    last = rng.choice(FEMALE if sex == "2" else MALE)
    if rng.random() < 0.02:
        return last + rng.choice(RARE)
    return last if rng.random() < 0.25 else rng.choice(FIRST) + last


def han_name(rng: Random, sex: str) -> str:
    """A Han name; homonyms happen, as they do in life."""
    return surname(rng) + given_name(rng, sex)


def dotted_name(rng: Random) -> str:
    """A name of two or three parts joined by U+00B7, or a single name without a family name."""
    if rng.random() < 0.25:
        return "".join(rng.sample(TIBETAN, 2))
    return DOT.join(rng.sample(UYGUR, 3 if rng.random() < 0.2 else 2))


def foreign_name(rng: Random) -> str:
    """A name in Latin letters."""
    return f"{rng.choice(LATIN_FAMILY)}{DOT}{rng.choice(LATIN)}"
