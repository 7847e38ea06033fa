-- What failed and what was cancelled, of all models and of one, each with its youngest first.
drop index generation_failed;
create index generation_failed on generation (status, id) where error_code is not null;
create index generation_failed_by_model on generation (status, model, id) where error_code is not null;
