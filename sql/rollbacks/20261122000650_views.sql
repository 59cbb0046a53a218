-- The way back from the views.

drop view public.valuation;
drop view public.low_stock_history;
drop view public.low_stock;
drop view public.daily_sales;
drop view public.standing_lines;
drop view public.stock_timeline;
drop view public.operation_links;
drop view public.movements;
drop view public.stock_on_hand;
