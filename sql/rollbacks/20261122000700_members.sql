-- The way back from members. Requests are gone: an old key is a new request again.
-- Where Supabase Auth is told to call the token hook, switch that off first: without the function
-- nobody can sign in.

revoke usage on schema private from supabase_auth_admin;

drop function private.custom_access_token_hook;
drop function public.member_phones;
drop function public.my_invitations;
drop function public.my_companies;
drop function public.update_company;
drop function private.read_settings;
drop function private.settings_of;
drop function public.choose_company;
drop function private.activate_company;
drop function public.hand_over_ownership;
drop function public.leave_company;
drop function public.deactivate_member;
drop function private.end_membership;
drop function public.change_member_role;
drop function public.accept_invitation;
drop function private.accept_membership;
drop function public.invite_member;
drop function public.register_company;
drop function private.read_role;

drop trigger members_keep_an_owner on public.members;

drop function private.keep_an_owner;
drop function private.member_answer;
drop function private.member_of;
drop function private.refuse_value;
drop function private.close_request;
drop function private.open_request;
drop function private.acting_person;

drop table private.vat_rates;
drop table private.requests;
