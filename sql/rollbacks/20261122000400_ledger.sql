-- The way back from the ledger. Every operation, line, balance and notice is gone.

drop function private.opposite_lines;
drop function private.restate_days;
drop function private.revalue;
drop function private.follow_merges;
drop function private.answer_count;
drop function private.check_moment;
drop function private.check_stock;
drop function private.noted_low_stock;
drop function private.note_low_stock;
drop function private.on_hand;
drop function private.write_in_turn;
drop function private.book;
drop function private.operation_answer;
drop function private.line_answer;
drop function private.write_lines;

drop type private.left_stock;
drop type private.ledger_line;

drop function private.next_count;
drop function private.balance_at;
drop function private.restated_margins;
drop function private.replayed_stocks;
drop function private.replayed_lines;
drop type private.replayed_line;
drop function private.merged_products;
drop function private.blend;

drop type private.stock_level;

drop trigger low_stock_notices_no_truncate on public.low_stock_notices;
drop trigger low_stock_notices_append_only on public.low_stock_notices;
drop trigger transactions_no_truncate on public.transactions;
drop trigger transactions_append_only on public.transactions;
drop trigger operations_no_truncate on public.operations;
drop trigger operations_append_only on public.operations;

drop function private.forbid_change;

drop table public.low_stock_notices;
drop table public.transactions;
drop table public.operations;
drop table public.inventory;

drop type public.write_off_reason;
drop type public.operation_source;
drop type public.movement_kind;
