-- One operation per group of lines; what opened the shop was an import, the rest came from the app.
insert into public.operations (
    company_id, id, kind, source, request_digest, member_id, occurred_at, created_at
)
select
    line.company_id,
    line.operation_id,
    line.kind,
    case when line.kind = 'opening' then 'import' else 'app' end::public.operation_source as source,
    line.operation_id as request_digest,
    line.member_id,
    line.occurred_at,
    line.occurred_at as created_at
from load_lines as line
where line.line_no = 1
order by line.company_id, line.occurred_at
