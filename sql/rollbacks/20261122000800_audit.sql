-- The way back from the audit. Who changed what is gone.

drop trigger product_packs_audit on public.product_packs;
drop trigger product_aliases_audit on public.product_aliases;
drop trigger products_audit on public.products;
drop trigger members_audit on public.members;
drop trigger locations_audit on public.locations;
drop trigger companies_audit on public.companies;

drop function private.restore_catalogue;
drop function private.restore_alias;
drop function private.restore_pack;
drop function private.restore_product;
drop function private.catalogue_actions;
drop function private.replaced_operations;

drop function private.audit;
drop function private.recorded_member;
drop function private.act_in;
drop function private.act_as;

drop table public.audit_log;
