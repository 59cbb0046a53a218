-- The way back from booking. The ledger stays; nothing can write to it.

drop function public.merge_products;
drop function private.kept_product;
drop function public.reverse_operation;
drop function private.reverse;
drop function private.import_opening;
drop function public.record_operation;
drop function private.book_request;
drop function private.new_operation;
drop function private.operation_id;
drop function private.check_key;
drop function private.replay;
drop function private.booked_operation;
drop function private.refuse_line;
drop function private.read_lines;

drop type private.request_line;

drop function private.managers_actions;
drop function private.location_fault;
drop function private.find_location;
drop function private.product_fault;
drop function private.named_product;
drop function private.read_moment;
drop function private.read_id;
drop function private.is_id;
drop function private.exact;
drop function private.not_exact;
drop function private.digits;
