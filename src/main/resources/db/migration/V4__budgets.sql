-- What owners may spend. An end user is kept as a keyed hash; empty means each end user of the project.
create table budget (
  id text primary key,
  owner_kind text not null,
  owner text not null,
  end_user text not null,
  measure text not null,
  period text not null,
  zone text not null,
  -- In the measure's own unit: micros of USD, pictures, megapixels.
  amount bigint not null,
  hard bigint not null,
  -- From which part of the amount on callers are warned; 0 for never.
  warn_percent bigint not null,
  created_at bigint not null,
  version bigint not null
);

-- What is taken out of each budget in each of its windows: micros of USD, pictures, or pixels.
create table budget_used (
  budget text not null,
  window_start bigint not null,
  end_user text not null,
  reserved bigint not null,
  used bigint not null,
  -- 1 when somebody was told that it runs low.
  warned bigint not null,
  primary key (budget, window_start, end_user)
);

-- Counts the changes of what nodes keep in memory, so that each of them sees one soon.
create table revision (
  name text primary key,
  number bigint not null
);

insert into revision (name, number) values ('budget', 0);

-- What a generation holds of which budgets, so that a batch or a node that comes second adds nothing twice.
alter table generation add column hold text;
