-- Conversation: the words people sent and the questions the bot asked.

create type public.message_direction as enum ('in', 'out');
create type public.question_state as enum ('open', 'answered', 'cancelled');


-- The words, both ways. Erasable: the ledger refers to them but does not need them. `operation_id`
-- and `question_id` are what one of ours told about; what a person said names neither.
create table public.messages (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    direction public.message_direction not null,
    member_id uuid,
    wamid text,
    body text,
    operation_id uuid,
    question_id uuid,
    created_at timestamptz not null default now(),
    primary key (company_id, id),
    constraint messages_member_fkey foreign key (company_id, member_id)
    references public.members (company_id, id),
    constraint messages_operation_fkey foreign key (company_id, operation_id)
    references public.operations (company_id, id)
);
create unique index messages_wamid_key on public.messages (company_id, wamid);
create index messages_member_idx on public.messages (company_id, member_id);
create index messages_operation_idx on public.messages (company_id, operation_id);
create index messages_created_idx on public.messages (company_id, created_at desc);
alter table public.messages enable row level security;


-- An open question holds the whole form it is about. An answer patches one action of that form, and
-- the form is applied again; so any number of questions needs no other state than this row.
-- options: [{key, patch, product_id?, label?}]; a patch of null means: forget the message.
create table public.questions (
    company_id uuid not null references public.companies (id),
    id uuid not null default gen_random_uuid(),
    member_id uuid not null,
    message_id uuid,
    kind text not null,
    details jsonb not null,
    options jsonb not null,
    form jsonb not null,
    action_index integer not null,
    state public.question_state not null default 'open',
    created_at timestamptz not null default now(),
    expires_at timestamptz not null default now() + interval '1 hour',
    primary key (company_id, id),
    constraint questions_member_fkey foreign key (company_id, member_id)
    references public.members (company_id, id)
);
create index questions_member_idx on public.questions (company_id, member_id, created_at desc);
alter table public.questions enable row level security;


create policy "Messages are viewable by members" on public.messages
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.messages from public, anon, authenticated;
grant select on table public.messages to authenticated;

create policy "Questions are viewable by members" on public.questions
for select to authenticated
using (company_id = (select private.company_id()));
revoke all on table public.questions from public, anon, authenticated;
grant select on table public.questions to authenticated;


-- Who asks, in what words, and through which door: what every step below needs to know.
create type private.turn as (
    member public.members,
    message_id uuid,
    wamid text,
    reply_to text,
    button_id text
);


-- A question as callers hear it: {id, kind, details, options: [{key, label?, product_id?}]}.
create function private.question_answer(p_question public.questions)
returns jsonb
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_build_object(
        'id', p_question.id,
        'kind', p_question.kind,
        'details', p_question.details,
        'options', (
            select coalesce(
                jsonb_agg(option.value - 'patch' - 'form' order by option.ordinality), '[]'
            )
            from jsonb_array_elements(p_question.options) with ordinality as option
        )
    );
end;
$$;


-- A question about one action of a form. `p_question`: {kind, details, options, lasts? (an hour,
-- where it is not said)}. Answers {outcome: 'question', question: as `private.question_answer`}.
create function private.ask(p_turn private.turn, p_form jsonb, p_index integer, p_question jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_question public.questions;
begin
    insert into public.questions (
        company_id, member_id, message_id, kind, details, options, form, action_index, expires_at
    )
    values (
        (p_turn.member).company_id, (p_turn.member).id, p_turn.message_id,
        p_question ->> 'kind', p_question -> 'details', p_question -> 'options', p_form, p_index,
        now() + coalesce(p_question ->> 'lasts', '1 hour')::interval
    )
    returning * into v_question;
    return jsonb_build_object(
        'outcome', 'question', 'question', private.question_answer(v_question)
    );
end;
$$;


-- Options that name products, likeliest first; `p_patch` is what choosing one says besides.
create function private.product_options(p_product_ids uuid[], p_company_id uuid, p_patch jsonb)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'key', 'p' || candidate.ordinality,
            'label', product.name,
            'product_id', product.id,
            'patch', p_patch || jsonb_build_object('product_id', product.id)
        )
        order by candidate.ordinality
    ), '[]')
    from unnest(p_product_ids) with ordinality as candidate (id, ordinality)
    inner join public.products as product
        on product.company_id = p_company_id and candidate.id = product.id
    where candidate.ordinality <= 8;
$$;


create function private.option(p_key text, p_patch jsonb)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('key', p_key, 'patch', p_patch);
$$;
