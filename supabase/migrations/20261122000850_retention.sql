-- Retention: what is kept for a while only. The ledger, the audit and what a shop says of itself
-- stay; this takes away what the system remembers so as to do nothing twice, once nobody can ask
-- twice any more.

-- Rows come in the order of time, so an index of a few pages finds the old ones.
create index requests_created_idx on private.requests using brin (created_at);
create index questions_created_idx on public.questions using brin (created_at);


-- Takes away, at most `p_limit` of each: messages that are done with and their replies, answers to
-- requests, and questions, once they are `p_kept` old; counts of the model's work after 400 days.
-- With `p_words_kept`, the words of older messages are erased too. Their rows stay: by these a
-- repeated message, and a reply to an old one, are still known. Answers how many of each.
create function private.prune(
    p_kept interval default '90 days',
    p_words_kept interval default null,
    p_limit integer default 5000
)
returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_before constant timestamptz := now() - p_kept;
    v_counts jsonb;
begin
    if p_kept is null or p_kept < interval '30 days' then
        perform private.refuse(
            422, 'kept_too_short', 'What was asked or sent is kept for at least 30 days.'
        );
    end if;

    -- Step 1: messages with their replies. The oldest are looked at, whatever became of them, so
    -- that this costs the same when there is nothing to do.
    with oldest as (
        select arrived.id
        from private.inbox as arrived
        order by arrived.id
        limit p_limit
    ),

    done as materialized (
        select arrived.id
        from private.inbox as arrived
        where arrived.id in (select oldest.id from oldest)
            and arrived.state <> 'open'
            and arrived.received_at < v_before
            and not exists (
                select from private.outbox as owed
                where owed.inbox_id = arrived.id and owed.state not in ('sent', 'dead')
            )
        for update skip locked
    ),

    replies as (
        delete from private.outbox as outbound
        using done
        where outbound.inbox_id = done.id
        returning outbound.id
    ),

    messages as (
        delete from private.inbox as arrived
        using done
        where arrived.id = done.id
        returning arrived.id
    )

    select
        jsonb_build_object(
            'messages', (select count(*) from messages), 'replies', (select count(*) from replies)
        )
    into v_counts;

    -- Step 2: what was answered.
    with requests as (
        delete from private.requests
        where ctid = any(array(
            select request.ctid
            from private.requests as request
            where request.created_at < v_before
            limit p_limit
        ))
        returning key
    ),

    questions as (
        delete from public.questions
        where ctid = any(array(
            select question.ctid
            from public.questions as question
            where question.created_at < v_before
            limit p_limit
        ))
        returning id
    ),

    usage as (
        delete from private.model_usage
        where ctid = any(array(
            select spent.ctid
            from private.model_usage as spent
            where spent.day < current_date - 400
            limit p_limit
        ))
        returning day
    )

    select
        v_counts || jsonb_build_object(
            'requests', (select count(*) from requests),
            'questions', (select count(*) from questions),
            'model_usage', (select count(*) from usage)
        )
    into v_counts;

    -- Step 3: words.
    with words as (
        update public.messages as message
        set body = null
        where (message.company_id, message.id) in (
            select old.company_id, old.id
            from public.companies as company
            cross join lateral (
                select said.company_id, said.id
                from public.messages as said
                where said.company_id = company.id
                    and said.created_at < now() - p_words_kept
                    and said.body is not null
                limit p_limit
            ) as old
            limit p_limit
        )
        returning message.id
    )

    select v_counts || jsonb_build_object('words', count(*))
    into v_counts
    from words;
    return v_counts;
end;
$$;


-- Has the server prune by itself, a bite every ten minutes, where it has pg_cron; tells whether it
-- has. A server that gets it later needs this called again, which may be done any number of times.
create function private.schedule_pruning()
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regprocedure('cron.schedule(text,text,text)') is null then
        return false;
    end if;
    perform cron.schedule('backroom-prune', '*/10 * * * *', 'select private.prune()');
    return true;
end;
$$;

select private.schedule_pruning();
