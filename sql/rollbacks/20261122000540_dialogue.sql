-- The way back from dialogue.

drop function private.apply_language;
drop function private.apply_switch;
drop function private.apply_both;
drop function private.apply_form;
drop function private.ask_to_confirm;
drop function private.room_of;
drop function private.apply_choice;
drop function private.chosen_option;
drop function private.meant_question;
drop function private.apply_catalogue;
drop function private.which_line;
drop function private.corrected_action;
drop function private.picked;
drop function private.operation_form;
drop function private.apply_correction;
drop function private.apply_undo;
drop function private.take_back;
drop function private.ask_about_negative;
drop function private.apply_stock;
drop function private.chat_operation;
drop function private.meant_operation;
