module heliostat.dev/bench/load

go 1.24
