"""Words become products: by a whole name, by each of its words, by a misspelling of one."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.shop import Shop

LONG = "a b c d e f g h i j k l m n o"
SHELF = [
    {"name": "Yum Yum Peanut Butter 400g", "aliases": ["yum yum"]},
    {"name": "Black Cat Peanut Butter 400g", "barcode": "6001234567890"},
    {"name": "White Star Maize Meal 5kg", "aliases": ["star white"]},
    {"name": "White Sugar 2.5kg", "aliases": ["sugar white star"]},
    {"name": LONG},
    {"name": "Tea", "aliases": ["five roses"]},
    {"name": "Teabags 100"},
    {"name": "Café Ricoffy"},
    {"name": "Omo"},
    {"name": "Simba Salt & Vinegar 36g"},
    {"name": "Cheese and Onion Lays"},
]


@pytest.fixture
def shelf(shop: Shop) -> Shop:
    saved = shop.value("select private.save_products(%s, %s)", shop.id, Jsonb(SHELF))
    shop.products |= {row["name"]: UUID(row["id"]) for row in saved}
    return shop


def found(shop: Shop, said: str) -> dict[str, int]:
    """The rank of each product that a text may mean."""
    return dict(
        shop.connection.execute(
            "select name, match_rank from private.match_products(%s, %s)", [shop.id, said]
        ).fetchall()
    )


@pytest.mark.parametrize(
    ("said", "ranks"),
    [
        # A whole name, in any order; then a part; a misspelling counts two.
        ("yum yum peanut butter 400g", {"Yum Yum Peanut Butter 400g": 1}),
        ("6001234567890", {"Black Cat Peanut Butter 400g": 1}),
        ("peanut butter yum yum 400 g", {"Yum Yum Peanut Butter 400g": 2}),
        ("white sugar", {"White Sugar 2.5kg": 3}),
        ("five rosse tea", {}),
        ("fiver oses", {"Tea": 4}),
        ("rosses five", {"Tea": 4}),
        ("white sugr", {"White Sugar 2.5kg": 5}),
        ("cafe", {"Café Ricoffy": 3}),
        # Words that come twice: a name is whole only with each of its words.
        ("yum peanut butter", {"Yum Yum Peanut Butter 400g": 3}),
        ("yum yum yum butter 400g", {"Yum Yum Peanut Butter 400g": 3}),
        ("peanut peanut", {"Black Cat Peanut Butter 400g": 3, "Yum Yum Peanut Butter 400g": 3}),
        # The same words in another order are another name where one is written that way.
        ("star white", {"White Star Maize Meal 5kg": 1}),
        ("white star", {"White Star Maize Meal 5kg": 2}),
        ("star sugar white", {"White Sugar 2.5kg": 2}),
        # Words of two names of one product.
        ("five roses tea", {"Tea": 3}),
        # Many words.
        (LONG, {LONG: 1}),
        (" ".join(reversed(LONG.split())), {LONG: 2}),
        ("o n m l k j i h g f e d c", {LONG: 3}),
        (" ".join(f"word{number}" for number in range(100)), {}),
        ("peanut " * 100, {"Black Cat Peanut Butter 400g": 3, "Yum Yum Peanut Butter 400g": 3}),
        # A word that some name has is that word; a short word has no misspelling.
        ("tea", {"Tea": 1}),
        ("tee", {}),
        ("omi", {}),
        ("star", {"White Star Maize Meal 5kg": 3, "White Sugar 2.5kg": 3}),
        # Half of a pair may be something else.
        ("salt", {}),
        ("vinegar", {}),
        ("onion", {}),
        ("simba salt", {"Simba Salt & Vinegar 36g": 3}),
        ("salt and vinegar", {}),
        ("salt & vinegar", {"Simba Salt & Vinegar 36g": 3}),
        ("lays", {"Cheese and Onion Lays": 3}),
        # Numbers are equal or not.
        ("maize meal 5000 g", {"White Star Maize Meal 5kg": 3}),
        ("maize meal 5kg", {"White Star Maize Meal 5kg": 3}),
        ("maize meal 50kg", {}),
        ("white sugar 2.5", {"White Sugar 2.5kg": 2}),
        ("teabags 101", {}),
        ("teabag 100", {"Teabags 100": 4}),
    ],
)
def test_a_text_finds_what_has_all_its_words_whole_names_first(
    shelf: Shop, said: str, ranks: dict[str, int]
) -> None:
    assert found(shelf, said) == ranks


def test_what_is_archived_is_not_found_by_name_or_other_name(shelf: Shop) -> None:
    shelf.connection.execute("update public.products set archived_at = now() where name = 'Tea'")
    for said in ("tea", "five roses", "roses", "rosses"):
        assert found(shelf, said) == {}


def test_what_was_merged_is_found_as_what_it_became(shelf: Shop) -> None:
    shelf.as_user(
        "owner",
        "select public.merge_products(%s, 'm', %s, %s)",
        shelf.id,
        shelf.products["Tea"],
        shelf.products["Teabags 100"],
    )
    for said in ("tea", "five roses", "roses five", "rosses"):
        assert list(found(shelf, said)) == ["Teabags 100"]


def test_a_new_name_is_known_at_once_and_an_old_one_no_more(shelf: Shop) -> None:
    shelf.connection.execute(
        "update public.products set name = 'Marmalade 450g' where name = 'Omo'"
    )
    assert found(shelf, "marmelade") == {"Marmalade 450g": 5}
    assert found(shelf, "omo") == {}


def test_the_words_of_one_shop_are_not_those_of_another(shelf: Shop) -> None:
    other = Shop.open(shelf.connection)
    assert found(other, "ricoffy") == found(other, "rickoffy") == {}
    assert other.value("select private.product_candidates(%s, 'ricoffy', 5)", other.id) is None


def test_what_comes_near_is_offered_likeliest_first(shelf: Shop) -> None:
    offered = shelf.connection.execute(
        "select name from private.product_candidates(%s, 'blak cat penut buter', 5)", [shelf.id]
    ).fetchall()
    assert offered[0] == ("Black Cat Peanut Butter 400g",)


def test_nobody_reads_the_words(shelf: Shop) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        shelf.as_user("owner", "select word from private.vocabulary")


@pytest.mark.parametrize(
    "changes",
    [
        [],
        ["update public.products set name = 'Cocoa Butter' where id = {Omo}"],
        ["update public.products set archived_at = now() where id = {Tea}"],
        [
            "update public.products set archived_at = now() where id in ({Tea}, {Omo})",
            """
            insert into public.product_aliases (company_id, product_id, alias)
            select company_id, id, 'rooibos leaves' from public.products where id = {Tea}
            """,
            "update public.products set archived_at = null where id = {Omo}",
        ],
        ["update public.product_aliases set alias = 'five tea' where product_id = {Tea}"],
        ["update public.product_aliases set product_id = {Omo} where product_id = {Tea}"],
        ["delete from public.product_aliases where product_id = {Tea}"],
    ],
)
def test_the_words_are_those_of_every_name_and_of_none_that_is_gone(
    shelf: Shop, changes: list[str]
) -> None:
    ids = {name: f"'{product}'" for name, product in shelf.products.items()}
    for change in changes:
        shelf.connection.execute(change.format(**ids))
    named = """
        select product.company_id, part.word, product.id
        from public.products as product
        cross join lateral (
            select product.words
            union all
            select words from public.product_aliases as alias
            where (alias.company_id, alias.product_id) = (product.company_id, product.id)
        ) as label
        cross join unnest(label.words) as part (word)
        where product.archived_at is null
    """
    known = "select company_id, word, product_id from private.vocabulary"
    for one, other in ((named, known), (known, named)):
        assert shelf.connection.execute(f"{one} except {other}").fetchall() == []


@pytest.mark.parametrize(
    ("table", "condition"),
    [
        ("products", "archived_at is null and normalised_name operator(extensions.%>) $2"),
        ("product_aliases", "normalised_alias operator(extensions.%>) $2"),
    ],
)
def test_likenesses_are_looked_up(shop: Shop, table: str, condition: str) -> None:
    connection = shop.connection
    connection.execute(
        "insert into public.products (company_id, name)"
        " select %s, format('Thing %%s of brand %%s', n, n %% 50) from generate_series(1, 2000) n",
        [shop.id],
    )
    connection.execute(
        "insert into public.product_aliases (company_id, product_id, alias)"
        " select company_id, id, 'my ' || name from public.products"
        " where company_id = %s and name like 'Thing%%'",
        [shop.id],
    )
    connection.execute("analyze public.products, public.product_aliases")
    connection.execute(
        f"prepare looked_up (uuid, text) as"
        f" select from public.{table} where company_id = $1 and {condition}"
    )
    connection.execute("set plan_cache_mode = force_generic_plan")
    rows = connection.execute(f"explain execute looked_up ('{shop.id}', 'thing')").fetchall()
    assert f"{table}_likeness_idx" in str(rows)
