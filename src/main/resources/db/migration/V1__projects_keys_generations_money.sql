-- The same statements run on SQLite and on PostgreSQL. Times are epoch milliseconds, money is micros of USD.

create table project (
  id text primary key,
  name text not null,
  created_at bigint not null
);

insert into project (id, name, created_at) values ('default', 'default', 0);

-- Only the SHA-256 of a key is kept.
create table access_key (
  id text primary key,
  hash text not null unique,
  kind text not null,
  project text not null references project (id),
  name text not null,
  last_four text not null,
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint
);

-- Things that happen once in the life of a store.
create table milestone (
  name text primary key,
  reached_at bigint not null
);

-- One row for each request that was admitted; no prompt, no picture in the clear. Money and attempts of a settled row
-- change only when a repeated request runs it anew, which only happens while it is certainly unbilled.
create table generation (
  id text primary key,
  request_id text not null,
  key_id text not null,
  project text not null,
  capability text not null,
  model text not null,
  provider text not null,
  count bigint not null,
  status text not null,
  created_at bigint not null,
  finished_at bigint,
  attempts text not null,
  quoted_micros bigint not null,
  charged_micros bigint not null,
  maybe_micros bigint not null,
  images bigint not null,
  megapixels double precision not null,
  priced_by text not null,
  error_code text,
  settled bigint not null,
  -- The node that works on it; writes of any other one change nothing.
  owner bigint not null,
  -- How a repeated request finds it: a keyed hash of the body, the hashed key or the highest retry count seen.
  fingerprint text not null,
  idempotency_key text,
  retries bigint not null,
  -- 1 when nobody took the answer whole.
  unheard bigint not null,
  -- How many of the attempts the roll-ups hold already.
  booked bigint not null,
  -- What a repeated request gets, encrypted.
  result text
);

create unique index generation_by_idempotency_key on generation (key_id, idempotency_key)
  where idempotency_key is not null;
create index generation_by_fingerprint on generation (key_id, fingerprint, created_at);

create index generation_by_project on generation (project, created_at, id);
create index generation_by_key on generation (key_id, created_at, id);
create index generation_unsettled on generation (settled, created_at) where settled = 0;

-- The nodes that are alive: each counts its beats up, and one that stops doing so has lost what it worked on.
create table lease (
  owner bigint primary key,
  beat bigint not null
);

-- What a request asked for whose client does not wait, encrypted, until it has ended: so another node can run it.
create table pending_order (
  generation text primary key,
  sealed text not null
);

-- Generations that their owners no longer want.
create table cancellation (
  generation text primary key,
  asked_at bigint not null
);

-- Where a client wants to be told of a generation's end; due_at is empty when nothing more is to be sent.
create table webhook (
  generation text primary key,
  project text not null,
  -- Encrypted, because URLs may hold secrets.
  url text not null,
  created_at bigint not null,
  due_at bigint,
  tries bigint not null
);

create index webhook_due on webhook (due_at) where due_at is not null;

-- Every try to deliver a webhook; status is the receiver's, 0 when there was none.
create table webhook_delivery (
  generation text not null,
  tried_at bigint not null,
  status bigint not null,
  outcome text not null,
  primary key (generation, tried_at)
);

-- What webhooks of a project are signed with, encrypted. The one in force has no end.
create table webhook_secret (
  project text not null,
  version bigint not null,
  secret text not null,
  retires_at bigint,
  primary key (project, version)
);

-- Money and pictures by hour, added up in the transaction that settles a generation.
create table spend_hour (
  project text not null,
  key_id text not null,
  model text not null,
  provider text not null,
  hour bigint not null,
  attempts bigint not null,
  images bigint not null,
  settled_micros bigint not null,
  maybe_micros bigint not null,
  primary key (project, key_id, model, provider, hour)
);

-- The id of every committed batch, so that one whose commit was not confirmed can be looked up.
create table write_batch (
  id text primary key,
  committed_at bigint not null
);
