-- What a client says of its request, and how long the gateway itself took. Both are absent in rows of older versions.
alter table generation add column client text;
alter table generation add column gateway_millis bigint;

-- Ids begin with their time, so these and the primary key list the youngest first.
create index generation_by_model on generation (model, id);
create index generation_by_provider on generation (provider, id);
create index generation_failed on generation (id) where error_code is not null;

-- Roll-ups count what is booked in an hour. Requests and failures are those of the last provider that was asked.
alter table spend_hour add column requests bigint not null default 0;
alter table spend_hour add column failures bigint not null default 0;
alter table spend_hour add column pixels bigint not null default 0;
alter table spend_hour add column input_tokens bigint not null default 0;
alter table spend_hour add column output_tokens bigint not null default 0;

create index spend_hour_by_hour on spend_hour (hour);

-- The same for each tag of a client.
create table tag_hour (
  tag text not null,
  project text not null,
  key_id text not null,
  model text not null,
  provider text not null,
  hour bigint not null,
  requests bigint not null,
  failures bigint not null,
  attempts bigint not null,
  images bigint not null,
  pixels bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  settled_micros bigint not null,
  maybe_micros bigint not null,
  primary key (hour, tag, project, key_id, model, provider)
);

-- Days that are over, added up from their hours; the tag is empty for the whole.
create table usage_day (
  tag text not null,
  project text not null,
  key_id text not null,
  model text not null,
  provider text not null,
  day bigint not null,
  requests bigint not null,
  failures bigint not null,
  attempts bigint not null,
  images bigint not null,
  pixels bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  settled_micros bigint not null,
  maybe_micros bigint not null,
  primary key (day, tag, project, key_id, model, provider)
);

-- One row: the days before this one are in usage_day.
create table usage_closed (
  id bigint primary key,
  day bigint not null
);
