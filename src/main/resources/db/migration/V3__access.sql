-- What people and programs change about access, and the record of it. The same on SQLite and on PostgreSQL.

-- Scopes and tags are JSON; the version counts changes and is what an If-Match names.
alter table project add column scopes text;
alter table project add column tags text;
alter table project add column version bigint not null default 1;
alter table project add column archived_at bigint;

alter table access_key add column scopes text;
alter table access_key add column tags text;
alter table access_key add column version bigint not null default 1;

create index access_key_by_age on access_key (created_at, id);
create index access_key_by_project on access_key (project, created_at, id);

-- What a key was before it was rotated; good until then.
create table replaced_secret (
  hash text primary key,
  key_id text not null references access_key (id),
  last_four text not null,
  valid_until bigint not null
);

create index replaced_secret_by_key on replaced_secret (key_id);

-- Who created something under an idempotency key; both are kept as hashes.
create table admin_request (
  actor text not null,
  idempotency_key text not null,
  fingerprint text not null,
  target text not null,
  created_at bigint not null,
  primary key (actor, idempotency_key)
);

-- Providers that were switched off or on while running.
create table provider_switch (
  provider text primary key,
  enabled bigint not null,
  version bigint not null,
  changed_at bigint not null
);

-- Every change, each row with the hash of the one before.
create table audit (
  seq bigint primary key,
  at bigint not null,
  actor text not null,
  request text not null,
  action text not null,
  target text not null,
  before_change text not null,
  after_change text not null,
  previous_hash text not null,
  hash text not null
);

create index audit_by_target on audit (target, seq);

-- The last row of the audit log. Whoever changes anything locks it first, so that changes are one after the other.
create table audit_head (
  id bigint primary key,
  seq bigint not null,
  hash text not null
);

insert into audit_head (id, seq, hash) values (1, 0, '');
