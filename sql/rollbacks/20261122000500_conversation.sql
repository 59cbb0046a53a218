-- The way back from conversation. The words people sent and open questions are gone.

drop function private.option;
drop function private.product_options;
drop function private.ask;
drop function private.question_answer;

drop type private.turn;

drop table public.questions;
drop table public.messages;

drop type public.question_state;
drop type public.message_direction;
