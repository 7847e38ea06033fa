-- What failed and what was cancelled, each with its youngest first; model and provider are looked at without the row.
drop index generation_failed;
create index generation_failed on generation (status, id, model, provider) where error_code is not null;
