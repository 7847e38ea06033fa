-- Generations whose pictures their owners show to everybody who may see the model. What was taken back or removed keeps
-- its row, without its prompt, so that what an operator removed is not published again.
create table publication (
  generation text primary key,
  model text not null,
  key_id text not null,
  project text not null,
  -- Typed by the owner for this; empty where the picture is shown without.
  prompt text,
  state text not null,
  -- 1 where the sandbox drew it.
  sandbox bigint not null,
  published_at bigint not null
);

create index publication_by_model on publication (model, published_at, generation) where state = 'PUBLISHED';

-- Copies of the pictures, kept in the media store until they are taken back.
create table publication_picture (
  generation text not null,
  picture bigint not null,
  media text not null,
  primary key (generation, picture)
);

-- Two models that made a picture of one prompt for one person, and which was liked better. Holds no prompt.
create table arena_duel (
  id text primary key,
  key_id text not null,
  project text not null,
  created_at bigint not null,
  left_model text not null,
  right_model text not null,
  left_generation text not null,
  right_generation text not null,
  -- Empty until the vote: LEFT, RIGHT, TIE, BOTH_BAD.
  vote text,
  voted_at bigint,
  left_provider text,
  right_provider text,
  left_micros bigint,
  right_micros bigint,
  left_millis bigint,
  right_millis bigint,
  -- 1 where the sandbox drew both.
  sandbox bigint not null
);

create index arena_by_owner on arena_duel (key_id, created_at, id);
create index arena_by_project on arena_duel (project, voted_at) where vote is not null;
create index arena_voted on arena_duel (voted_at, id) where vote is not null;

-- A comparison of offerings of a model, by pictures that somebody paid for. Holds no prompt, only its number.
create table benchmark (
  id text primary key,
  model text not null,
  key_id text not null,
  project text not null,
  created_at bigint not null,
  -- What was agreed to: nothing is submitted that could lead beyond it.
  cap_micros bigint not null,
  planned bigint not null,
  state text not null,
  -- Counts on while it runs, so that one whose process died shows.
  touched_at bigint not null,
  sandbox bigint not null,
  -- Why it ended early.
  note text not null
);

create index benchmark_by_owner on benchmark (key_id, model, created_at);

create table benchmark_picture (
  benchmark text not null,
  number bigint not null,
  offering text not null,
  prompt bigint not null,
  size text not null,
  generation text not null,
  outcome text not null,
  provider text not null,
  micros bigint not null,
  -- Of the submission; -1 where it brought nothing.
  millis bigint not null,
  first_byte_millis bigint not null,
  finished_at bigint not null,
  primary key (benchmark, number)
);
