-- Which pictures are kept, whose they are and until when. Their bytes are files or objects of a bucket, once for equal bytes.

create table media (
  -- Unguessable, and its own for every picture of every generation.
  id text primary key,
  sha256 text not null,
  type text not null,
  bytes bigint not null,
  -- Empty for what a client sent, which is kept encrypted.
  width bigint,
  height bigint,
  key_id text not null,
  project text not null,
  generation text not null,
  created_at bigint not null,
  expires_at bigint not null
);

create index media_by_expiry on media (expires_at);
create index media_by_generation on media (generation);

-- Where bytes are. refs counts rows of media, in the transactions that add and remove these; one at 0 is removed at once.
-- A name is never used twice, so deleting what is at one can never hit what was stored meanwhile. Of equal bytes the copy
-- that was written last is kept, which is there for certain, whatever has become of an earlier one.
create table media_blob (
  sha256 text primary key,
  name text not null,
  -- What the name was before.
  previous text,
  bytes bigint not null,
  refs bigint not null
);

create unique index media_blob_by_name on media_blob (name);

-- Names at which nothing is needed from a time on: their bytes are deleted, and then they are forgotten.
create table media_garbage (
  name text primary key,
  due_at bigint not null
);

create index media_garbage_due on media_garbage (due_at);
