"""What an operator watches; served at /metrics in Prometheus's text format."""

from typing import Final

from prometheus_client import Counter, Histogram

WEBHOOKS: Final = Counter("backroom_webhooks_total", "Webhooks by answer", ["status"])
MESSAGES: Final = Counter("backroom_messages_total", "Messages stored, new or again", ["state"])
IGNORED: Final = Counter("backroom_ignored_total", "Updates passed over, by reason", ["reason"])
OUTCOMES: Final = Counter("backroom_outcomes_total", "What messages came to", ["outcome"])
MODEL_CALLS: Final = Counter("backroom_model_calls_total", "Questions to the model", ["outcome"])
MODEL_TOKENS: Final = Counter("backroom_model_tokens_total", "Tokens used", ["direction"])
MODEL_COST: Final = Counter(
    "backroom_model_cost_microdollars_total", "What the model cost, in millionths of a US dollar"
)
FILES: Final = Counter(
    "backroom_files_total", "Files that people sent, fetched or not", ["outcome"]
)
SENDS: Final = Counter("backroom_sends_total", "Replies handed to the Graph API", ["outcome"])
META_ERRORS: Final = Counter(
    "backroom_meta_errors_total", "What Meta refused or failed to do", ["source", "code", "reason"]
)
ACK_SECONDS: Final = Histogram(
    "backroom_ack_seconds",
    "From a webhook's arrival to its durable 200",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
