{# Without a var of that name the default is in use. #}

with

choices (choice_id, is_default) as (

    values
    ('a', true),
    ('b', false)

)

select * from choices
where
    ({{ is_in_use('choice_id', 'is_default', 'no_such_choice') }})
    <> (choice_id = 'a')
