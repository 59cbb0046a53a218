-- What the adapter has read out of the messages from the one numbered $1 on, $2 of them to a call,
-- each of the owner of another company: half name their product in full, half in part. A shop sells
-- now this, now that: of one product alone it would soon have less than none, and be told so.
insert into bench.readings (first, items)
select
    min(arrived.id) as first,
    jsonb_agg(
        jsonb_build_object(
            'id', arrived.id::text,
            'sender', arrived.sender,
            'token', '1',
            'form', jsonb_build_object(
                'language', 'en',
                'verdict', 'ok',
                'actions', jsonb_build_array(jsonb_build_object(
                    'action', 'sell',
                    'product', concat(
                        (
                            '{albany,sasko,clover,parmalat,koo,lucky star,simba,lays,bakers,
                            cadbury}'::text[]
                        )[1 + abs(mod(hashint8(arrived.id), 10))],
                        ' white bread',
                        case when mod(arrived.id, 2) = 0 then ' 100g' end
                    ),
                    'quantity', '1'
                ))
            )
        )
        order by arrived.id
    ) as items
from private.inbox as arrived
where arrived.id >= $1
group by (arrived.id - $1) / $2::integer
