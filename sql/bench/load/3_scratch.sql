-- Where one chunk of the ledger is worked out before it is written.
create temporary table if not exists load_lines (
    company_id uuid not null,
    operation_id uuid not null,
    line_no smallint not null,
    product_id uuid not null,
    location_id uuid not null,
    member_id uuid,
    kind public.movement_kind not null,
    quantity numeric not null,
    seq bigint not null,
    balance_after numeric not null,
    unit_price numeric,
    unit_cost numeric not null,
    occurred_at timestamptz not null
) on commit delete rows
