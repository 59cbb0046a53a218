"""The rows of tables and views as `supabase gen types --lang python` describes them.

Made by `make types`, see cli/row_types.py; not edited by hand.
"""
# ruff: noqa
# fmt: off

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal
from typing import (
    Annotated,
    Any,
    List,
    Literal,
    Optional,
    TypedDict,
)
from typing_extensions import NotRequired, TypeAlias

from pydantic import BaseModel, Field, JsonValue

PrivateDeliveryStatus: TypeAlias = Literal["sent", "delivered", "read", "failed"]

PrivateInboxState: TypeAlias = Literal["open", "done", "parked"]

PrivateOutboxState: TypeAlias = Literal["ready", "waiting", "unknown", "sent", "dead"]

PublicMemberRole: TypeAlias = Literal["viewer", "clerk", "manager", "owner"]

PublicMemberStatus: TypeAlias = Literal["invited", "active", "deactivated"]

PublicMessageDirection: TypeAlias = Literal["in", "out"]

PublicMovementKind: TypeAlias = Literal["sell", "receive", "count", "write_off", "return_in", "return_out", "transfer", "opening", "reversal", "adjustment", "revaluation", "mixed", "merge", "add_product", "set_price", "set_reorder_level", "set_pack"]

PublicNegativeStock: TypeAlias = Literal["record", "block"]

PublicOperationSource: TypeAlias = Literal["chat", "app", "import"]

PublicQuestionState: TypeAlias = Literal["open", "answered", "cancelled"]

PublicStocktakeState: TypeAlias = Literal["open", "booked", "cancelled"]

PublicWriteOffReason: TypeAlias = Literal["expired", "damaged", "stolen", "lost", "own_use", "other"]

class PublicAuditLog(BaseModel):
    action: str = Field(alias="action")
    at: datetime.datetime = Field(alias="at")
    changes: JsonValue = Field(alias="changes")
    company_id: uuid.UUID = Field(alias="company_id")
    database_role: str = Field(alias="database_role")
    id: uuid.UUID = Field(alias="id")
    member_id: Optional[uuid.UUID] = Field(alias="member_id")
    operation_id: Optional[uuid.UUID] = Field(alias="operation_id")
    record_id: uuid.UUID = Field(alias="record_id")
    table_name: str = Field(alias="table_name")

class PublicCompanies(BaseModel):
    created_at: datetime.datetime = Field(alias="created_at")
    currency: str = Field(alias="currency")
    id: uuid.UUID = Field(alias="id")
    language: str = Field(alias="language")
    large_quantity_factor: Decimal = Field(alias="large_quantity_factor")
    locked_before: Optional[datetime.date] = Field(alias="locked_before")
    model_calls_a_day: int = Field(alias="model_calls_a_day")
    model_calls_a_day_each: int = Field(alias="model_calls_a_day_each")
    model_cost_a_day: int = Field(alias="model_cost_a_day")
    name: str = Field(alias="name")
    negative_stock: PublicNegativeStock = Field(alias="negative_stock")
    share_product_names: bool = Field(alias="share_product_names")
    timezone: str = Field(alias="timezone")
    vat_number: Optional[str] = Field(alias="vat_number")
    vat_registered: bool = Field(alias="vat_registered")

class PublicInventory(BaseModel):
    average_cost: Optional[Decimal] = Field(alias="average_cost")
    company_id: uuid.UUID = Field(alias="company_id")
    last_seq: int = Field(alias="last_seq")
    location_id: uuid.UUID = Field(alias="location_id")
    product_id: uuid.UUID = Field(alias="product_id")
    quantity: Decimal = Field(alias="quantity")

class PublicLocations(BaseModel):
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    id: uuid.UUID = Field(alias="id")
    is_default: bool = Field(alias="is_default")
    name: str = Field(alias="name")

class PublicLowStockNotices(BaseModel):
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    operation_id: uuid.UUID = Field(alias="operation_id")
    product_id: uuid.UUID = Field(alias="product_id")
    quantity: Decimal = Field(alias="quantity")
    reorder_level: Decimal = Field(alias="reorder_level")

class PublicMembers(BaseModel):
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    id: uuid.UUID = Field(alias="id")
    invited_until: Optional[datetime.datetime] = Field(alias="invited_until")
    name: str = Field(alias="name")
    person_id: uuid.UUID = Field(alias="person_id")
    role: PublicMemberRole = Field(alias="role")
    status: PublicMemberStatus = Field(alias="status")

class PublicMessages(BaseModel):
    body: Optional[str] = Field(alias="body")
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    direction: PublicMessageDirection = Field(alias="direction")
    id: uuid.UUID = Field(alias="id")
    member_id: Optional[uuid.UUID] = Field(alias="member_id")
    operation_id: Optional[uuid.UUID] = Field(alias="operation_id")
    question_id: Optional[uuid.UUID] = Field(alias="question_id")
    wamid: Optional[str] = Field(alias="wamid")

class PublicOperations(BaseModel):
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    id: uuid.UUID = Field(alias="id")
    kind: PublicMovementKind = Field(alias="kind")
    member_id: Optional[uuid.UUID] = Field(alias="member_id")
    message_id: Optional[uuid.UUID] = Field(alias="message_id")
    occurred_at: datetime.datetime = Field(alias="occurred_at")
    replaces_id: Optional[uuid.UUID] = Field(alias="replaces_id")
    request_digest: uuid.UUID = Field(alias="request_digest")
    reverses_id: Optional[uuid.UUID] = Field(alias="reverses_id")
    source: PublicOperationSource = Field(alias="source")

class PublicProductAliases(BaseModel):
    alias: str = Field(alias="alias")
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    id: uuid.UUID = Field(alias="id")
    member_id: Optional[uuid.UUID] = Field(alias="member_id")
    normalised_alias: str = Field(alias="normalised_alias")
    product_id: uuid.UUID = Field(alias="product_id")
    words: List[str] = Field(alias="words")

class PublicProductPacks(BaseModel):
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    factor: Decimal = Field(alias="factor")
    id: uuid.UUID = Field(alias="id")
    name: str = Field(alias="name")
    product_id: uuid.UUID = Field(alias="product_id")

class PublicProducts(BaseModel):
    archived_at: Optional[datetime.datetime] = Field(alias="archived_at")
    barcode: Optional[str] = Field(alias="barcode")
    company_id: uuid.UUID = Field(alias="company_id")
    cost: Optional[Decimal] = Field(alias="cost")
    created_at: datetime.datetime = Field(alias="created_at")
    id: uuid.UUID = Field(alias="id")
    merged_into: Optional[uuid.UUID] = Field(alias="merged_into")
    name: str = Field(alias="name")
    normalised_name: str = Field(alias="normalised_name")
    price: Optional[Decimal] = Field(alias="price")
    reorder_level: Optional[Decimal] = Field(alias="reorder_level")
    sku: Optional[str] = Field(alias="sku")
    unit: str = Field(alias="unit")
    words: List[str] = Field(alias="words")

class PublicQuestions(BaseModel):
    action_index: int = Field(alias="action_index")
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    details: JsonValue = Field(alias="details")
    expires_at: datetime.datetime = Field(alias="expires_at")
    form: JsonValue = Field(alias="form")
    id: uuid.UUID = Field(alias="id")
    kind: str = Field(alias="kind")
    member_id: uuid.UUID = Field(alias="member_id")
    message_id: Optional[uuid.UUID] = Field(alias="message_id")
    options: JsonValue = Field(alias="options")
    state: PublicQuestionState = Field(alias="state")

class PublicStocktakeLines(BaseModel):
    company_id: uuid.UUID = Field(alias="company_id")
    counted: Optional[Decimal] = Field(alias="counted")
    counted_at: Optional[datetime.datetime] = Field(alias="counted_at")
    place: int = Field(alias="place")
    product_id: uuid.UUID = Field(alias="product_id")
    stocktake_id: uuid.UUID = Field(alias="stocktake_id")

class PublicStocktakes(BaseModel):
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    id: uuid.UUID = Field(alias="id")
    location_id: uuid.UUID = Field(alias="location_id")
    member_id: uuid.UUID = Field(alias="member_id")
    operation_id: Optional[uuid.UUID] = Field(alias="operation_id")
    state: PublicStocktakeState = Field(alias="state")

class PublicTransactions(BaseModel):
    amount: Optional[Decimal] = Field(alias="amount")
    balance_after: Decimal = Field(alias="balance_after")
    company_id: uuid.UUID = Field(alias="company_id")
    count_operation_id: Optional[uuid.UUID] = Field(alias="count_operation_id")
    created_at: datetime.datetime = Field(alias="created_at")
    factor: Decimal = Field(alias="factor")
    kind: PublicMovementKind = Field(alias="kind")
    line_no: int = Field(alias="line_no")
    location_id: uuid.UUID = Field(alias="location_id")
    occurred_at: datetime.datetime = Field(alias="occurred_at")
    operation_id: uuid.UUID = Field(alias="operation_id")
    product_id: uuid.UUID = Field(alias="product_id")
    quantity: Decimal = Field(alias="quantity")
    reason: Optional[PublicWriteOffReason] = Field(alias="reason")
    seq: int = Field(alias="seq")
    typed_quantity: Decimal = Field(alias="typed_quantity")
    typed_unit: Optional[str] = Field(alias="typed_unit")
    unit_cost: Optional[Decimal] = Field(alias="unit_cost")
    unit_price: Optional[Decimal] = Field(alias="unit_price")

class PublicDailySales(BaseModel):
    amount: Optional[Decimal] = Field(alias="amount")
    company_id: uuid.UUID = Field(alias="company_id")
    day: Optional[datetime.date] = Field(alias="day")
    margin: Optional[Decimal] = Field(alias="margin")
    product_id: Optional[uuid.UUID] = Field(alias="product_id")
    quantity: Optional[Decimal] = Field(alias="quantity")

class PublicLowStock(BaseModel):
    company_id: uuid.UUID = Field(alias="company_id")
    days_of_cover: Optional[Decimal] = Field(alias="days_of_cover")
    product: str = Field(alias="product")
    product_id: uuid.UUID = Field(alias="product_id")
    quantity: Optional[Decimal] = Field(alias="quantity")
    ran_low_at: Optional[datetime.datetime] = Field(alias="ran_low_at")
    reorder_level: Optional[Decimal] = Field(alias="reorder_level")
    unit: str = Field(alias="unit")

class PublicLowStockHistory(BaseModel):
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    member: Optional[str] = Field(alias="member")
    operation_id: uuid.UUID = Field(alias="operation_id")
    operation_kind: Optional[PublicMovementKind] = Field(alias="operation_kind")
    product: Optional[str] = Field(alias="product")
    product_id: uuid.UUID = Field(alias="product_id")
    quantity: Decimal = Field(alias="quantity")
    reorder_level: Decimal = Field(alias="reorder_level")
    said: Optional[str] = Field(alias="said")
    unit: Optional[str] = Field(alias="unit")

class PublicMovements(BaseModel):
    amount: Optional[Decimal] = Field(alias="amount")
    balance_after: Decimal = Field(alias="balance_after")
    company_id: uuid.UUID = Field(alias="company_id")
    kind: PublicMovementKind = Field(alias="kind")
    line_no: int = Field(alias="line_no")
    location_id: uuid.UUID = Field(alias="location_id")
    member: Optional[str] = Field(alias="member")
    occurred_at: datetime.datetime = Field(alias="occurred_at")
    operation_at: datetime.datetime = Field(alias="operation_at")
    operation_id: uuid.UUID = Field(alias="operation_id")
    operation_kind: PublicMovementKind = Field(alias="operation_kind")
    product: Optional[str] = Field(alias="product")
    product_id: Optional[uuid.UUID] = Field(alias="product_id")
    quantity: Decimal = Field(alias="quantity")
    reason: Optional[PublicWriteOffReason] = Field(alias="reason")
    reverses_id: Optional[uuid.UUID] = Field(alias="reverses_id")
    said: Optional[str] = Field(alias="said")
    seq: int = Field(alias="seq")
    source: PublicOperationSource = Field(alias="source")
    unit: Optional[str] = Field(alias="unit")
    unit_cost: Optional[Decimal] = Field(alias="unit_cost")
    unit_price: Optional[Decimal] = Field(alias="unit_price")

class PublicOperationLinks(BaseModel):
    company_id: uuid.UUID = Field(alias="company_id")
    kind: PublicMovementKind = Field(alias="kind")
    operation_id: uuid.UUID = Field(alias="operation_id")
    replaced_by_id: Optional[uuid.UUID] = Field(alias="replaced_by_id")
    replaces_id: Optional[uuid.UUID] = Field(alias="replaces_id")
    reversed_by_id: Optional[uuid.UUID] = Field(alias="reversed_by_id")
    reverses_id: Optional[uuid.UUID] = Field(alias="reverses_id")

class PublicStandingLines(BaseModel):
    amount: Optional[Decimal] = Field(alias="amount")
    balance_after: Decimal = Field(alias="balance_after")
    company_id: uuid.UUID = Field(alias="company_id")
    count_operation_id: Optional[uuid.UUID] = Field(alias="count_operation_id")
    created_at: datetime.datetime = Field(alias="created_at")
    factor: Decimal = Field(alias="factor")
    kind: PublicMovementKind = Field(alias="kind")
    line_no: int = Field(alias="line_no")
    location_id: uuid.UUID = Field(alias="location_id")
    occurred_at: datetime.datetime = Field(alias="occurred_at")
    operation_id: uuid.UUID = Field(alias="operation_id")
    product_id: uuid.UUID = Field(alias="product_id")
    quantity: Decimal = Field(alias="quantity")
    reason: Optional[PublicWriteOffReason] = Field(alias="reason")
    seq: int = Field(alias="seq")
    typed_quantity: Decimal = Field(alias="typed_quantity")
    typed_unit: Optional[str] = Field(alias="typed_unit")
    unit_cost: Optional[Decimal] = Field(alias="unit_cost")
    unit_price: Optional[Decimal] = Field(alias="unit_price")

class PublicStockOnHand(BaseModel):
    average_cost: Optional[Decimal] = Field(alias="average_cost")
    company_id: uuid.UUID = Field(alias="company_id")
    location: str = Field(alias="location")
    location_id: uuid.UUID = Field(alias="location_id")
    price: Optional[Decimal] = Field(alias="price")
    product: str = Field(alias="product")
    product_id: uuid.UUID = Field(alias="product_id")
    quantity: Optional[Decimal] = Field(alias="quantity")
    reorder_level: Optional[Decimal] = Field(alias="reorder_level")
    unit: str = Field(alias="unit")
    value: Optional[Decimal] = Field(alias="value")

class PublicStockTimeline(BaseModel):
    balance: Optional[Decimal] = Field(alias="balance")
    company_id: uuid.UUID = Field(alias="company_id")
    created_at: datetime.datetime = Field(alias="created_at")
    kind: PublicMovementKind = Field(alias="kind")
    line_no: int = Field(alias="line_no")
    location_id: uuid.UUID = Field(alias="location_id")
    occurred_at: datetime.datetime = Field(alias="occurred_at")
    operation_id: uuid.UUID = Field(alias="operation_id")
    product_id: Optional[uuid.UUID] = Field(alias="product_id")
    quantity: Decimal = Field(alias="quantity")
    seq: int = Field(alias="seq")

class PublicValuation(BaseModel):
    at_cost: Optional[Decimal] = Field(alias="at_cost")
    at_price: Optional[Decimal] = Field(alias="at_price")
    company_id: uuid.UUID = Field(alias="company_id")
    location: str = Field(alias="location")
    location_id: uuid.UUID = Field(alias="location_id")
    products: Optional[int] = Field(alias="products")
    without_cost: Optional[int] = Field(alias="without_cost")
