-- Drafts: what was heard, seen or forwarded is shown before it is booked, and words change it
-- there: "bread is 12", "not coke, fanta", "remove the milk". Each change shows all of it anew.

-- What a message does to the draft that it is about, as `private.apply_form`; null when it is about
-- none: the sender's newest question, or the one replied to, is no open draft or has no such line.
create function private.edit_draft(p_turn private.turn, p_form jsonb)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_said constant jsonb := p_form #> '{actions,0}';
    v_removes constant boolean := v_said ->> 'option' = 'remove';
    v_draft constant public.questions := private.meant_question(p_turn);
    v_lines jsonb;
    v_matches integer [];
begin
    -- Step 1: a draft that is open, and none of a correction.
    if v_draft.kind is distinct from 'confirm_draft'
        or v_draft.state <> 'open'
        or v_draft.expires_at <= now()
        or v_draft.form @? '$.actions[*] ? (@.action == "correct")'
    then
        if v_said ? 'draft_id' then
            perform private.refuse(410, 'question_closed', 'That question is closed.');
        end if;
        return null;
    end if;
    perform private.require_role(p_turn.member, 'clerk');
    v_lines := v_draft.details -> 'actions';

    -- Step 2: which of its lines. The one named, the only one, or the one asked for.
    if (v_said ->> 'draft_id')::uuid = v_draft.id then
        v_matches := array[(v_said ->> 'line')::integer];
    elsif v_said ->> 'product' is not null then
        v_matches := private.matching_lines(v_draft.company_id, v_lines, v_said);
    else
        v_matches := array(select generate_series(0, jsonb_array_length(v_lines) - 1));
    end if;
    if v_matches = '{}' and v_removes then
        perform private.refuse(422, 'no_such_option', 'That is no line of the draft.');
    elsif v_matches = '{}' then
        return null;
    elsif cardinality(v_matches) > 9 then
        perform private.refuse(404, 'nothing_to_correct', 'Say which product of the draft.');
    elsif cardinality(v_matches) > 1 then
        return private.ask(p_turn, p_form, 0, private.which_drafted(v_draft, v_lines, v_matches));
    end if;

    -- Step 3: the draft as it is now, in the place of the one that was.
    if v_removes then
        v_lines := v_lines - v_matches[1];
    else
        v_lines := jsonb_set(
            v_lines,
            array[v_matches[1]::text],
            private.redrafted_line(v_lines -> v_matches[1], v_said)
        );
    end if;
    return private.redraft(p_turn, v_draft, v_lines);
end;
$$;


-- Whether a form may be about a draft: one correction, one amount without a verb, one line less;
-- typed, or a correction that was said. Another slip is another draft.
create function private.may_edit_draft(p_form jsonb)
returns boolean
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_array_length(p_form -> 'actions') = 1
        and case p_form #>> '{actions,0,action}'
            when 'correct' then not p_form #> '{actions,0}' ? 'operation_id'
            when 'unknown' then p_form #> '{actions,0}' ?& array['product', 'quantity']
            when 'choose' then p_form #>> '{actions,0,option}' = 'remove'
            else false
        end
        and (
            coalesce(p_form ->> 'source', 'text') = 'text'
            or p_form ->> 'source' = 'voice' and p_form #>> '{actions,0,action}' = 'correct'
        );
end;
$$;


-- The lines that an action's product names, in their order: by the words, or by what the shop calls
-- so.
create function private.matching_lines(p_company_id uuid, p_lines jsonb, p_action jsonb)
returns integer[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(line.place order by line.place), '{}')
    from (
        select
            drafted.value as action,
            (drafted.ordinality - 1)::integer as place
        from jsonb_array_elements(p_lines) with ordinality as drafted
    ) as line
    where
        line.action ->> 'product' is not null
        and (
            private.words(p_action ->> 'product') <@ private.words(line.action ->> 'product')
            or private.matching_ids(p_company_id, p_action)
            && private.matching_ids(p_company_id, line.action)
        );
$$;


-- One line with a correction applied. A slip's amount for all stands when only how many is put
-- right.
create function private.redrafted_line(p_line jsonb, p_said jsonb)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_strip_nulls(
        p_line
        - case
            when
                p_said ?| array['unit_price', 'total_price', 'price']
                then array['unit_price', 'total_price', 'price']
            else '{}'::text []
        end
        || private.picked(
            p_said,
            array['quantity', 'unit', 'unit_price', 'total_price', 'price', 'reason', 'when']
        )
        || case
            when p_said ? 'to_product'
                then jsonb_build_object('product', p_said -> 'to_product', 'gloss', null)
            else '{}'
        end
        || case
            when p_said ? 'to_action'
                then jsonb_build_object('action', p_said -> 'to_action')
            else '{}'
        end
        || '{"certainty": "sure"}'
    );
$$;


-- The question which line of a draft is meant.
create function private.which_drafted(
    p_draft public.questions,
    p_lines jsonb,
    p_matches integer[]
)
returns jsonb
language sql
immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'kind', 'which_line',
        'details', '{}'::jsonb,
        'options', jsonb_agg(
            jsonb_build_object(
                'key', 'l' || (place + 1),
                'label', coalesce(
                    p_lines -> place ->> 'product', p_lines -> place ->> 'quantity', '?'
                ),
                'patch', jsonb_build_object('line', place, 'draft_id', p_draft.id)
            )
            order by place
        ) || private.option('cancel', null)
    )
    from unnest(p_matches) as place;
$$;


-- Shows a draft with other lines; what they come to is held against its total again. Without a line
-- nothing is left to book.
create function private.redraft(
    p_turn private.turn,
    p_draft public.questions,
    p_lines jsonb
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_turn private.turn := p_turn;
    v_form jsonb := p_draft.form;
    v_sum text;
begin
    update public.questions
    set state = case
        when p_lines = '[]' then 'cancelled'::public.question_state
        else 'answered'::public.question_state
    end
    where company_id = p_draft.company_id and id = p_draft.id;
    if p_lines = '[]' then
        return '{"outcome": "answered", "code": "cancelled"}';
    end if;

    select sum(
        case
            when line.value ->> 'certainty' = 'unread' then 0
            when line.value ? 'total_price'
                then private.exact(line.value ->> 'total_price', 2, 'price')
            else round(
                coalesce(
                    private.exact(
                        coalesce(line.value ->> 'unit_price', line.value ->> 'price'), 2, 'price'
                    ),
                    0
                )
                * coalesce(private.exact(line.value ->> 'quantity', 3, 'quantity'), 1),
                2
            )
        end
    )::numeric(14, 2)::text into v_sum
    from jsonb_array_elements(p_lines) as line;
    if v_form ? 'document_total'
        and v_sum::numeric is distinct from (v_form ->> 'lines_total')::numeric
    then
        v_form := v_form || jsonb_build_object(
            'lines_total', v_sum,
            'reason', case
                when (v_form ->> 'document_total')::numeric <> v_sum::numeric
                    then 'total_differs'
                when v_form ->> 'source' = 'voice' then 'heard'
                else 'seen'
            end
        );
    end if;
    -- What is booked in the end is what was sent, with the words it came in.
    v_turn.message_id := p_draft.message_id;
    return private.ask_to_confirm(v_turn, v_form || jsonb_build_object('actions', p_lines));
end;
$$;
