"""Everything a shop can hear, made by the real functions of the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.database.shop import Shop, line

Result = dict[str, Any]

COKE = "Coca-Cola 2L"
BREAD = "Albany White Bread 700g"


class Told:
    """Results by the name of what led to them."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.results: dict[str, Result] = {}

    def say(self, name: str, *actions: dict[str, Any], role: str = "owner", **message: Any) -> Any:
        """One message; its result is kept under a name."""
        owed = self.shop.say(role, *actions, **message)
        self.results[name] = owed["result"]
        return owed

    def tap(self, name: str, owed: Any, key: str, role: str = "owner") -> Any:
        """An answer to a question, by its button."""
        question = owed["result"]["question"]["id"]
        return self.say(
            name,
            {"action": "choose"},
            role=role,
            type="interactive",
            button_id=f"q:{question}:{key}",
        )

    def reply(self, name: str, owed: Any, *actions: dict[str, Any], **more: Any) -> Any:
        """A message that replies to what the bot said."""
        return self.say(name, *actions, reply_to=owed["wamid"], **more)


def tell(shop: Shop) -> dict[str, Result]:
    """The whole story: result by name."""
    told = Told(shop)
    for chapter in CHAPTERS:
        chapter(told)
    return told.results


def _bookings(told: Told) -> None:
    told.say("received", line("receive", "coke 2l", "2", unit="case", total_price="120"))
    told.say("received bread", line("receive", "bread", "10", unit_price="12"))
    told.say("received kg", line("receive", "potatoes", "5.5", unit="kg", unit_price="12.50"))
    told.say("received airtime", line("receive", "airtime", "500", unit="rand"))
    told.say("sold", line("sell", "coke 2l", "3"))
    told.say("sold one", line("sell", "bread", "1"))
    told.say("sold grams", line("sell", "potatoes", "500", unit="g"))
    told.say("sold airtime", line("sell", "airtime", "50", unit="rand"))
    told.say("sold two", line("sell", "coke 2l", "1"), line("sell", "bread", "2"))
    told.say("counted", line("count", "bread", "6"))
    told.say("counted same", line("count", "bread", "6"))
    told.say("written off", line("write_off", "bread", "1", reason="expired"))
    told.say("returned in", line("return_in", "bread", "1"))
    told.say("returned out", line("return_out", "bread", "1"))
    told.say("yesterday", line("sell", "bread", "1", when="yesterday"))
    shop = told.shop
    shop.value(
        "insert into public.locations (company_id, name) values (%s, 'Storeroom') returning id",
        shop.id,
    )
    told.say("moved", line("transfer", "coke 2l", "2", to_location="storeroom"))


def _fixing(told: Told) -> None:
    told.say("undone", {"action": "undo"})
    again = told.say("undo again", {"action": "undo"})
    told.tap("undo left", again, "cancel")
    sold = told.say("sold to correct", line("sell", "bread", "2"))
    told.reply("corrected", sold, {"action": "correct", "quantity": "1"})
    both = told.say("sold two again", line("sell", "coke 2l", "1"), line("sell", "bread", "1"))
    asked = told.reply("which line", both, {"action": "correct", "quantity": "2"})
    told.tap("corrected line", asked, "l2")
    told.tap("left uncorrected", told.say("what instead", {"action": "correct"}), "cancel")
    gone = told.say("sold and taken back", line("sell", "coke 2l", "1"))
    told.reply("taken back by reply", gone, {"action": "undo"})
    told.reply("already reversed", gone, {"action": "undo"})
    told.reply("nothing to correct", told.say("help", {"action": "help"}), {"action": "correct"})
    told.say("nothing to undo", {"action": "undo"}, role="clerk")


def _questions(told: Told) -> None:
    which = told.say("which product", line("sell", "coca-cola", "1"))
    told.tap("cancelled", which, "cancel")
    told.say("unknown near", line("receive", "cocacola zero", "4"))
    new = told.say("unknown new", line("receive", "zzz snuff", "4"))
    told.tap("added and received", new, "add")
    told.say("unknown on a sale", line("sell", "qqq", "4"))
    told.say("name product", {"action": "receive", "quantity": "5"})
    told.say("which action", {"action": "unknown", "product": "bread", "quantity": "30"})
    told.say("how many", {"action": "sell", "product": "bread"})
    told.say("pack size", line("receive", "bread", "2", unit="tray"))
    told.say("unit that does not fit", line("sell", "bread", "2", unit="kg"))
    told.say("each or total", line("sell", "bread", "3", price="200"))
    told.say("odd price", line("sell", "bread", "1", unit_price="90"))
    told.say(
        "odd prices",
        line("sell", "bread", "1", unit_price="90"),
        line("receive", "coke 2l", "1", unit_price="90"),
    )
    told.say("large", line("sell", "bread", "1000"))
    told.say("large packs", line("receive", "coke 2l", "100", unit="case"))
    short = told.say("negative", line("sell", "Coca-Cola 500ml", "2"))
    told.say("more negative", line("sell", "Coca-Cola 500ml", "1"))
    told.tap("delivery", short, "add")
    short = told.say("negative again", line("sell", "brown bread", "2"))
    told.tap("count now", short, "count")
    short = told.say("negative with another", line("sell", "zzz snuff", "9"))
    told.tap("left", short, "cancel")
    told.say("nobody asked", {"action": "choose", "option": "2"}, role="clerk")
    told.tap("closed", which, "p1")
    open_question = told.say("asked once more", line("sell", "coca-cola", "1"))
    told.reply("no such option", open_question, {"action": "choose", "option": "9"})


def _drafts(told: Told) -> None:
    shop = told.shop
    actions = [
        line("sell", "bread", "3", price="36", certainty="sure"),
        line("receive", "coke 2l", "2", unit="case", total_price="120", certainty="unsure"),
        line("write_off", "bread", "1", reason="own_use", when="friday", certainty="unread"),
    ]
    for verdict, reason in (
        ("confirm", "forwarded"),
        ("confirm", "word_left_over"),
        ("reject", "negated"),
        ("reject", "unheard_of"),
    ):
        arrival = shop.arrival("owner")
        (work,) = shop.adapter("receive_messages", p_messages=[arrival])["work"]
        item = {
            "id": work["messages"][-1]["id"],
            "sender": work["sender"],
            "token": work["token"],
            "form": {"language": "en", "verdict": verdict, "reason": reason, "actions": actions},
        }
        (owed,) = shop.adapter("apply_interpretations", p_items=[item])
        told.results[f"{verdict} {reason}"] = owed["result"]
        lease = {"sender": work["sender"], "token": work["token"]}
        shop.adapter("settle_outbound", p_items=[], p_leases=[lease])


def _asking(told: Told) -> None:
    for action in ("stock", "price", "low_stock", "sales", "profit", "value", "history"):
        told.say(f"asked {action}", {"action": action})
    for action in ("stock", "price", "sales", "profit", "history"):
        told.say(f"asked {action} of one", {"action": action, "product": "bread"})
    for action in ("stock", "history"):
        told.say(f"asked {action} of several", {"action": action, "product": "coca-cola"})
    told.say("asked near", {"action": "stock", "product": "cocacola zero"})
    told.say("asked unknown", {"action": "price", "product": "xyzzy"})
    for when in ("yesterday", "monday", "this_week", "last_month", "2026-11-02", "--02-29"):
        told.say(f"asked sales {when}", {"action": "sales", "when": when})
    told.say("told and asked", line("sell", "bread", "1"), {"action": "stock", "product": "bread"})
    told.say("doubt and asked", line("sell", "coca-cola", "1"), {"action": "stock"})
    told.say("refused and asked", line("sell", "qqq", "1"), {"action": "stock"})
    told.say("asked two", {"action": "stock", "product": "bread"}, {"action": "low_stock"})


def _catalogue(told: Told) -> None:
    told.say("product added", {"action": "add_product", "name": "omo 1kg", "unit_price": "35"})
    told.say("product added bare", {"action": "add_product", "name": "salt 500g"})
    told.say("product exists", {"action": "add_product", "name": "salt 500g"})
    told.say("price set", {"action": "set_price", "product": "bread", "unit_price": "19.50"})
    told.say("level set", {"action": "set_reorder_level", "product": "potatoes", "quantity": "2.5"})
    told.say(
        "pack set", {"action": "set_pack", "product": "bread", "unit": "tray", "quantity": "12"}
    )
    told.say("no such product to price", {"action": "set_price", "product": "xyzzy", "price": "2"})


def _stocktake(told: Told) -> None:
    asked = told.say("stocktake", {"action": "stocktake"})
    told.tap("nothing counted", asked, "finish")
    asked = told.say("stocktake again", {"action": "stocktake"})
    asked = told.tap("skipped", asked, "skip")
    asked = told.say("counted one", {"action": "choose", "quantity": "7"})
    told.say("counted another", {"action": "choose", "quantity": "2"})
    asked = told.tap("gone on", told.say("stocktake left", {"action": "stocktake"}), "resume")
    asked = told.tap("stocktake book", asked, "finish")
    told.tap("stocktake booked", asked, "yes")


def _people(told: Told) -> None:
    told.say("viewer sells", line("sell", "bread", "1"), role="viewer")
    told.say("clerk asks profit", {"action": "profit"}, role="clerk")
    told.say("stranger", line("sell", "bread", "1"), role="27999999999")
    told.say("languages", {"action": "language"})
    told.say("language set", {"action": "language", "option": "zu"})
    told.say("one company", {"action": "switch_company"})
    told.say("support", {"action": "support"})
    told.say("notifications", {"action": "notifications", "option": "on"})
    told.say("register", {"action": "register", "name": "Joe's Tuck Shop"})
    told.say("thanks", {"action": "help", "option": "thanks"})
    told.say("me", {"action": "help", "option": "me"})
    told.say("not offered", {"action": "fly"})
    told.say("unknown", {"action": "unknown"})
    other = Shop.open(told.shop.connection)
    other.value(
        "select private.add_member(%s, %s, 'clerk', 'clerk')", other.id, told.shop.phones["owner"]
    )
    asked = told.say("which company", {"action": "switch_company"})
    told.tap("company set", asked, "c1")


CHAPTERS: tuple[Callable[[Told], None], ...] = (
    _bookings,
    _fixing,
    _questions,
    _drafts,
    _asking,
    _catalogue,
    _stocktake,
    _people,
)
