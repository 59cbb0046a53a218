-- The way back from booking. The ledger stays; nothing can write to it.

drop function public.merge_products;
drop function public.reverse_operation;
drop function private.reverse;
drop function private.import_opening;
drop function public.record_operation;
drop function private.book_request;
drop function private.check_key;
drop function private.operation_kind;
drop function private.replay;
drop function private.operation_answer;
drop function private.booking_role;
drop function private.price_line;
drop function private.read_line;
drop function private.named_product;
drop function private.find_location;
drop function private.exact_id;
drop function private.exact;
