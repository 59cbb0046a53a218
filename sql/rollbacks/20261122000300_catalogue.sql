-- The way back from the catalogue. Products, their other names and packs are gone.

drop function private.save_products;
drop function private.unit_factor;
drop function private.product_candidates;
drop function private.matching_products;
drop function private.match_products;
drop function private.best_match;
drop function private.is_half_a_pair;
drop function private.products_with;
drop function private.misspellings;
drop function private.spellings;

drop trigger product_aliases_words on public.product_aliases;
drop trigger products_words_of_renamed on public.products;
drop trigger products_words_of_new on public.products;

drop function private.relearn_words;
drop function private.learn_words;

drop table private.vocabulary;
drop table public.product_packs;
drop table public.product_aliases;
drop table public.products;

drop function private.words;
drop function private.normalise;
