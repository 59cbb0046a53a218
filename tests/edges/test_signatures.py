"""Meta's signature and Standard Webhooks: published vectors, then everything a forger may try."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_adapter.signatures import (
    Rejected,
    StandardWebhook,
    same_secret,
    sign_meta,
    verify_meta,
)

# Meta's own signature over a webhook of pywa's test number; the secret was reset long ago.
META_SECRET = "1222e786b144d0e85b9f365372d93676"
META_SIGNATURE = "54edfa1d7259e0eb13c677cc7d73d1b5c86cfa12433d19156e058ab9251bc441"
META_BODY = (
    b'{"object":"whatsapp_business_account","entry":[{"id":"264937493375603","changes":[{"value":'
    b'{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550953877",'
    b'"phone_number_id":"277321005464405"},"contacts":[{"profile":{"name":"PyWa Tests"},'
    b'"wa_id":"972544401243"}],"messages":[{"from":"972544401243",'
    b'"id":"wamid.HBgMOTcyNTQ0NDAxMjQzFQIAEhggM0RFQTNCMEEwRTY3QzUwODYzMDc4NjQ4QzM4ODAxM0YA",'
    b'"timestamp":"1730231903","text":{"body":"Hey there! I am using PyWa."},"type":"text"}]},'
    b'"field":"messages"}]}]}'
)


def test_a_webhook_that_meta_signed_is_genuine() -> None:
    assert verify_meta(META_SECRET, META_BODY, f"sha256={META_SIGNATURE}")
    assert sign_meta(META_SECRET, META_BODY) == f"sha256={META_SIGNATURE}"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        META_SIGNATURE,
        f"sha1={META_SIGNATURE}",
        f"sha256={META_SIGNATURE}0",
        f"sha256={META_SIGNATURE[:-1]}",
        f"sha256={'0' * 64}",
        f"sha256={META_SIGNATURE[:-1]}é",
        "sha256=\udcff",
        f"sha256={META_SIGNATURE} ",
    ],
)
def test_any_other_header_is_not_metas(header: str | None) -> None:
    assert not verify_meta(META_SECRET, META_BODY, header)


def test_one_changed_byte_or_another_secret_is_not_metas() -> None:
    header = f"sha256={META_SIGNATURE}"
    assert not verify_meta(META_SECRET, META_BODY + b" ", header)
    assert not verify_meta("another", META_BODY, header)


def test_without_a_secret_nothing_is_genuine() -> None:
    assert not verify_meta("", META_BODY, sign_meta("", META_BODY))


@given(st.binary(max_size=200), st.text(max_size=100))
def test_no_header_makes_the_check_fall_over(body: bytes, header: str) -> None:
    assert not verify_meta(META_SECRET, body, header)


def test_only_the_secret_itself_is_the_same_secret() -> None:
    assert same_secret("verify-token", "verify-token")
    given = [None, "", "verify", "verify-tokené", "\udcff"]
    assert not [wrong for wrong in given if same_secret("verify-token", wrong)]
    assert not same_secret("", "")


# The vector of the Standard Webhooks specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = f"v1,whsec_{base64.b64encode(b'another key of thirty-two bytes!').decode()}"
BODY = b'{"test": 2432232314}'


def test_the_published_vector_is_what_we_sign() -> None:
    headers = StandardWebhook(SECRET).sign(
        BODY, "msg_p5jXN8AQM9LWM0D4loKWxJek", datetime.fromtimestamp(1614265330, UTC)
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNED,
    }


def _signed(secrets: str = SECRET, body: bytes = BODY, age: float = 0) -> dict[str, str]:
    at = datetime.now(UTC) - timedelta(seconds=age)
    return StandardWebhook(secrets).sign(body, "msg_1", at)


@pytest.mark.parametrize(
    ("configured", "sender"),
    [
        (SECRET, SECRET),
        (f"v1,{SECRET}", SECRET),
        (f"v1,{SECRET}|{OTHER}", SECRET),
        (f"v1,{SECRET}|{OTHER}", OTHER),
        (f"v1,{SECRET}", f"{OTHER}|v1,{SECRET}"),
    ],
    ids=["bare", "prefixed", "old of two", "new of two", "two signatures"],
)
def test_a_hook_is_genuine_through_every_change_of_secret(configured: str, sender: str) -> None:
    StandardWebhook(configured).verify(BODY, _signed(sender))


def test_several_signatures_are_told_apart_by_comma_and_by_space() -> None:
    headers = _signed(f"{OTHER}|{SECRET}")
    assert ", " in headers["webhook-signature"]
    StandardWebhook(SECRET).verify(BODY, headers)
    headers["webhook-signature"] = headers["webhook-signature"].replace(", ", " ")
    StandardWebhook(SECRET).verify(BODY, headers)


def test_header_names_may_be_written_in_any_case() -> None:
    StandardWebhook(SECRET).verify(BODY, {k.title(): v for k, v in _signed().items()})


@pytest.mark.parametrize(
    "change",
    [
        lambda _: {},
        lambda h: {k: v for k, v in h.items() if k != "webhook-signature"},
        lambda h: {k: v for k, v in h.items() if k != "webhook-id"},
        lambda h: h | {"webhook-id": "msg_2"},
        lambda h: h | {"webhook-timestamp": "soon"},
        lambda h: h | {"webhook-timestamp": "nan"},
        lambda h: h | {"webhook-timestamp": "9" * 400},
        lambda h: h | {"webhook-signature": "v1"},
        lambda h: h | {"webhook-signature": "v1,"},
        lambda h: h | {"webhook-signature": "v1,é"},
        lambda h: h | {"webhook-signature": "v1,A"},
        lambda h: h | {"webhook-signature": "v1,a,b"},
        lambda h: h | {"webhook-signature": "v1a" + h["webhook-signature"][2:]},
        lambda h: h | {"webhook-signature": h["webhook-signature"] + "x"},
        lambda h: h | {"webhook-signature": "\udcff"},
        lambda h: h | {"webhook-signature": ", ".join([SIGNED] * 100)},
    ],
)
def test_every_malformed_hook_is_one_rejection(
    change: Callable[[dict[str, str]], dict[str, str]],
) -> None:
    with pytest.raises(Rejected):
        StandardWebhook(SECRET).verify(BODY, change(_signed()))


def test_a_broken_signature_does_not_spoil_a_good_one() -> None:
    headers = _signed()
    headers["webhook-signature"] = f"v1, v1,A {headers['webhook-signature']}, v2,x"
    StandardWebhook(SECRET).verify(BODY, headers)


@pytest.mark.parametrize("age", [400, -400])
def test_a_hook_more_than_five_minutes_off_is_rejected(age: float) -> None:
    with pytest.raises(Rejected):
        StandardWebhook(SECRET).verify(BODY, _signed(age=age))


@pytest.mark.parametrize("body", [BODY + b" ", b"", b"\xff\xfe"])
def test_another_body_is_rejected(body: bytes) -> None:
    with pytest.raises(Rejected):
        StandardWebhook(SECRET).verify(body, _signed())


@given(st.binary(max_size=100), st.dictionaries(st.sampled_from(list(_signed())), st.text()))
def test_nothing_but_a_rejection_comes_of_noise(body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        StandardWebhook(SECRET).verify(body, headers)


@pytest.mark.parametrize("secret", ["", "v1,whsec_", "whsec_é", "whsec_????", "whsec_AAAA"])
def test_a_malformed_secret_is_refused_at_once(secret: str) -> None:
    with pytest.raises(ValueError, match="must"):
        StandardWebhook(secret)
