-- The way back from the stocktake. Stocktakes are gone; what they booked stays in the ledger.

drop function private.book_stocktake;
drop function private.ask_to_book_stocktake;
drop function private.stocktake_differences;
drop function private.open_stocktake;
drop function private.count_again;
drop function private.ask_to_resume_stocktake;
drop function private.apply_stocktake;

drop table public.stocktake_lines;
drop table public.stocktakes;

drop type public.stocktake_state;
