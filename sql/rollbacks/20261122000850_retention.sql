-- The way back from retention. Nothing is taken away by itself any more; what is gone stays gone.

do $$
begin
    if to_regprocedure('cron.unschedule(text)') is not null then
        perform cron.unschedule(job.jobname)
        from cron.job
        where job.jobname = 'backroom-prune';
    end if;
end;
$$;

drop function private.schedule_pruning;
drop function private.prune;

drop index public.questions_created_idx;
drop index private.requests_created_idx;
