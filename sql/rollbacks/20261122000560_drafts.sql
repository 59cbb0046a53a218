-- The way back from changes to drafts.

drop function private.redraft;
drop function private.which_drafted;
drop function private.redrafted_line;
drop function private.matching_lines;
drop function private.may_edit_draft;
drop function private.edit_draft;
