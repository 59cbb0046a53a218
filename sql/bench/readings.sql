-- What the adapter has read out of the messages from the one numbered $1 on, each of the owner of
-- another company: half name their product in full, half in part.
insert into bench.readings (id, item)
select
    arrived.id,
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
                    )[1 + mod(arrived.id, 10)],
                    ' white bread',
                    case when mod(arrived.id, 2) = 0 then ' 100g' end
                ),
                'quantity', '1'
            ))
        )
    ) as item
from private.inbox as arrived
where arrived.id >= $1;
