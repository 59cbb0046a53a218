-- The way back from answers.

drop function private.apply_questions;
drop function private.history_rows;
drop function private.value_rows;
drop function private.sales_days;
drop function private.sales_rows;
drop function private.days_of;
drop function private.stock_rows;
drop function private.spoken_of;
drop function private.answer;
