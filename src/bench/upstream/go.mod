module heliostat.dev/bench/upstream

go 1.24
