-- The way back from the model. What shops allowed it and what it spent are gone.

drop function private.count_model_usage;
drop function private.shared_names;
drop function private.model_allowed;
drop function private.today_of;

drop table private.model_usage;

alter table public.companies drop column model_cost_a_day;
alter table public.companies drop column model_calls_a_day_each;
alter table public.companies drop column model_calls_a_day;
alter table public.companies drop column share_product_names;
