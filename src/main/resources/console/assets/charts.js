// Charts: none yet.
