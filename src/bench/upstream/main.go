// Command upstream is an image API that takes its time: it answers every POST with one file after a fixed while.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

func main() {
	address := flag.String("listen", "127.0.0.1:9110", "address")
	file := flag.String("answer", "", "file with the answer")
	delay := flag.Duration("delay", 0, "how long an answer takes")
	flag.Parse()
	answer, err := os.ReadFile(*file)
	if err != nil {
		log.Fatal(err)
	}
	var hits atomic.Int64
	http.HandleFunc("GET /hits", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, hits.Load()) })
	http.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		hits.Add(1)
		time.Sleep(*delay)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = w.Write(answer)
	})
	log.Fatal(http.ListenAndServe(*address, nil))
}
