select
    text_id,
    sentence
from texts
where text_id like 'premise_%' or text_id = 'across_countries'
order by 1
