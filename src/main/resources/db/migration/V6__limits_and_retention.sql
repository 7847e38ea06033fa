-- How fast a key or a project may ask, as JSON; absent where configuration alone says so.
alter table access_key add column limits text;
alter table project add column limits text;

-- How long a project's prompts and pictures are kept, in milliseconds; absent where configuration alone says so.
alter table project add column prompt_millis bigint;
alter table project add column media_millis bigint;

insert into revision (name, number) values ('access', 0);

-- Prompts of projects that want them kept, encrypted, until their time is over.
create table kept_prompt (
  generation text primary key,
  project text not null,
  sealed text not null,
  created_at bigint not null,
  expires_at bigint not null
);

create index kept_prompt_by_expiry on kept_prompt (expires_at);
create index kept_prompt_by_project on kept_prompt (project);
