-- What failed and what was cancelled, of everybody, of one model, project or key, each with its youngest first.
drop index generation_failed;
create index generation_failed on generation (status, id) where error_code is not null;
create index generation_failed_by_model on generation (status, model, id) where error_code is not null;
create index generation_failed_by_project on generation (project, created_at, id) where error_code is not null;
create index generation_failed_by_key on generation (key_id, created_at, id) where error_code is not null;
