-- The way back from the catalogue. Products, their other names and packs are gone.

drop function private.save_products;
drop function private.unit_factor;
drop function private.product_candidates;
drop function private.match_products;
drop function private.word_fit;

drop table public.product_packs;
drop table public.product_aliases;
drop table public.products;

drop function private.words;
drop function private.normalise;
