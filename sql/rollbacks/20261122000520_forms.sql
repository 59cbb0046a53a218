-- The way back from forms.

drop function private.latest_day;
drop function private.moment_of;
drop function private.add_product;
drop function private.teach_aliases;
drop function private.remember_pack;
drop function private.with_catalogue;
drop function private.told_pack;
drop function private.unknown_unit;
drop function private.patches;
drop function private.is_asked_at_once;
drop function private.asked_at_once;
drop function private.ready_action;
drop function private.is_beyond_range;
drop function private.is_unusual;
drop function private.odd_price;
drop function private.read_price;
drop function private.usual_price;
drop function private.matching_ids;
drop function private.renamed;
drop function private.by_measure;
drop function private.find_product;
