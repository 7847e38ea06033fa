// Command load sends one request over and over and says how long the answers took.
//
// Three ways to send: "closed" keeps a number of connections busy; "open" sends at a fixed rate, whatever comes back, and
// counts each latency from the moment at which the request was due, so that a stalled server cannot hide its stall;
// "hold" sends a number of requests at once, each on a connection of its own, and waits for all of them.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type options struct {
	mode, target, bodyFile, contentType, accept string
	headers                                     headers
	connections, rate, dialers                  int
	duration, timeout                           time.Duration
	readRate                                    int64
}

type headers []string

func (h *headers) String() string     { return strings.Join(*h, ", ") }
func (h *headers) Set(v string) error { *h = append(*h, v); return nil }

type result struct {
	Mode       string         `json:"mode"`
	Requests   int64          `json:"requests"`
	Failures   int64          `json:"failures"`
	Statuses   map[string]int `json:"statuses"`
	Errors     map[string]int `json:"errors,omitempty"`
	Bytes      int64          `json:"bytes"`
	Seconds    float64        `json:"seconds"`
	PerSecond  float64        `json:"per_second"`
	Missed     int64          `json:"missed"`
	LatencyMs  map[string]any `json:"latency_ms"`
	Concurrent int64          `json:"most_at_once"`
}

type recorder struct {
	sync.Mutex
	latencies []int64
	statuses  map[string]int
	errors    map[string]int
	bytes     int64
	failures  int64
}

func (r *recorder) add(latency time.Duration, status int, size int64, err error) {
	r.Lock()
	defer r.Unlock()
	r.bytes += size
	if err != nil {
		r.failures++
		text := err.Error()
		if i := strings.LastIndex(text, ": "); i >= 0 {
			text = text[i+2:]
		}
		r.errors[text]++
		return
	}
	r.statuses[strconv.Itoa(status)]++
	if status != 200 {
		r.failures++
		return
	}
	r.latencies = append(r.latencies, int64(latency))
}

// connection is one keep-alive connection that sends prepared bytes and drops what comes back.
type connection struct {
	net.Conn
	reader *bufio.Reader
}

func dial(address string, readRate int64) (*connection, error) {
	c, err := net.DialTimeout("tcp", address, 30*time.Second)
	if err != nil {
		return nil, err
	}
	size := 64 << 10
	if readRate > 0 {
		// The kernel must not take for the reader what the reader has not taken.
		_ = c.(*net.TCPConn).SetReadBuffer(64 << 10)
		size = 16 << 10
	} else if readRate < 0 {
		size = 4 << 10
	}
	return &connection{Conn: c, reader: bufio.NewReaderSize(c, size)}, nil
}

func (c *connection) exchange(request []byte, timeout time.Duration, readRate int64) (status int, size int64, err error) {
	if err = c.SetDeadline(time.Now().Add(timeout)); err != nil {
		return
	}
	// A large body is written while the answer may already be on its way.
	if len(request) > 128<<10 {
		failed := make(chan error, 1)
		go func() { _, e := c.Write(request); failed <- e }()
		status, size, err = c.answer(readRate)
		if e := <-failed; err == nil && e != nil {
			err = e
		}
		return
	}
	if _, err = c.Write(request); err != nil {
		return
	}
	return c.answer(readRate)
}

func (c *connection) answer(readRate int64) (status int, size int64, err error) {
	line, err := c.line()
	if err != nil {
		return
	}
	if len(line) < 12 {
		return 0, 0, errors.New("no status line")
	}
	status, err = strconv.Atoi(string(line[9:12]))
	if err != nil {
		return
	}
	length, chunked := int64(-1), false
	for {
		if line, err = c.line(); err != nil {
			return
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if len(name) == 14 && bytes.EqualFold(name, []byte("content-length")) {
			length, _ = strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
		} else if len(name) == 17 && bytes.EqualFold(name, []byte("transfer-encoding")) {
			chunked = true
		}
	}
	body := io.Reader(c.reader)
	if readRate > 0 {
		body = &slow{body, readRate, time.Now(), 0}
	}
	if !chunked {
		if length < 0 {
			return status, 0, errors.New("answer without a length")
		}
		size, err = io.CopyN(io.Discard, body, length)
		return
	}
	for {
		if line, err = c.line(); err != nil {
			return
		}
		n, e := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if e != nil {
			return status, size, errors.New("bad chunk")
		}
		if n > 0 {
			if _, err = io.CopyN(io.Discard, body, n); err != nil {
				return
			}
			size += n
		}
		if _, err = c.line(); err != nil || n == 0 {
			return
		}
	}
}

func (c *connection) line() ([]byte, error) {
	line, err := c.reader.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

type slow struct {
	in    io.Reader
	rate  int64
	since time.Time
	taken int64
}

func (s *slow) Read(p []byte) (int, error) {
	if len(p) > 16<<10 {
		p = p[:16<<10]
	}
	due := s.since.Add(time.Duration(float64(s.taken) / float64(s.rate) * float64(time.Second)))
	if wait := time.Until(due); wait > 0 {
		time.Sleep(wait)
	}
	n, err := s.in.Read(p)
	s.taken += int64(n)
	return n, err
}

func prepare(o options) (address string, request []byte, err error) {
	target, err := url.Parse(o.target)
	if err != nil {
		return
	}
	body, err := os.ReadFile(o.bodyFile)
	if err != nil {
		return
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nAccept: %s\r\nContent-Length: %d\r\n",
		target.RequestURI(), target.Host, o.contentType, o.accept, len(body))
	for _, h := range o.headers {
		fmt.Fprintf(&b, "%s\r\n", h)
	}
	b.WriteString("\r\n")
	b.Write(body)
	return target.Host, b.Bytes(), nil
}

type runner struct {
	options
	address string
	request []byte
	rec     *recorder
	atOnce  atomic.Int64
	most    atomic.Int64
}

func (r *runner) one(c *connection, due time.Time) *connection {
	now := r.atOnce.Add(1)
	for most := r.most.Load(); now > most && !r.most.CompareAndSwap(most, now); most = r.most.Load() {
	}
	defer r.atOnce.Add(-1)
	var err error
	if c == nil {
		if c, err = dial(r.address, r.readRate); err != nil {
			r.rec.add(0, 0, 0, err)
			return nil
		}
	}
	status, size, err := c.exchange(r.request, r.timeout, r.readRate)
	r.rec.add(time.Since(due), status, size, err)
	if err != nil {
		c.Close()
		return nil
	}
	return c
}

func (r *runner) closed() {
	end := time.Now().Add(r.duration)
	var all sync.WaitGroup
	for range r.connections {
		all.Add(1)
		go func() {
			defer all.Done()
			var c *connection
			for time.Now().Before(end) {
				if c = r.one(c, time.Now()); c == nil {
					time.Sleep(10 * time.Millisecond)
				}
			}
			if c != nil {
				c.Close()
			}
		}()
	}
	all.Wait()
}

func (r *runner) open() (missed int64) {
	idle := make(chan *connection, 65536)
	var all sync.WaitGroup
	start := time.Now()
	total := int64(float64(r.rate) * r.duration.Seconds())
	for i := int64(0); i < total; i++ {
		due := start.Add(time.Duration(float64(i) / float64(r.rate) * float64(time.Second)))
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		if r.atOnce.Load() >= int64(r.connections) {
			missed++
			continue
		}
		all.Add(1)
		go func() {
			defer all.Done()
			var c *connection
			select {
			case c = <-idle:
			default:
			}
			if c = r.one(c, due); c != nil {
				idle <- c
			}
		}()
	}
	all.Wait()
	return
}

func (r *runner) hold() {
	var all sync.WaitGroup
	begin := make(chan struct{}, r.dialers)
	for range r.connections {
		begin <- struct{}{}
		all.Add(1)
		go func() {
			defer all.Done()
			c, err := dial(r.address, r.readRate)
			<-begin
			if err != nil {
				r.rec.add(0, 0, 0, err)
				return
			}
			if c = r.one(c, time.Now()); c != nil {
				c.Close()
			}
		}()
	}
	all.Wait()
}

func main() {
	var o options
	flag.StringVar(&o.mode, "mode", "closed", "closed, open or hold")
	flag.StringVar(&o.target, "url", "", "where to send")
	flag.StringVar(&o.bodyFile, "body", "", "file with the body")
	flag.StringVar(&o.contentType, "type", "application/json", "content type of the body")
	flag.StringVar(&o.accept, "accept", "application/json", "accepted content type")
	flag.Var(&o.headers, "H", "a header, as often as needed")
	flag.IntVar(&o.connections, "c", 64, "connections; in open mode the most at once")
	flag.IntVar(&o.rate, "rate", 100, "requests a second in open mode")
	flag.IntVar(&o.dialers, "dialers", 500, "connections that are opened at once in hold mode")
	flag.DurationVar(&o.duration, "d", 10*time.Second, "how long")
	flag.DurationVar(&o.timeout, "timeout", 120*time.Second, "the longest exchange")
	flag.Int64Var(&o.readRate, "read-rate", 0, "bytes a second that a reader takes; 0 for as fast as it can")
	flag.Parse()
	address, request, err := prepare(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	r := &runner{options: o, address: address, request: request,
		rec: &recorder{statuses: map[string]int{}, errors: map[string]int{}}}
	start := time.Now()
	var missed int64
	switch o.mode {
	case "closed":
		r.closed()
	case "open":
		missed = r.open()
	case "hold":
		if r.readRate == 0 {
			r.readRate = -1
		}
		r.hold()
	default:
		fmt.Fprintln(os.Stderr, "mode: "+o.mode+" (expected: closed, open or hold)")
		os.Exit(2)
	}
	seconds := time.Since(start).Seconds()
	l := r.rec.latencies
	sort.Slice(l, func(a, b int) bool { return l[a] < l[b] })
	at := func(q float64) any {
		if len(l) == 0 {
			return nil
		}
		i := min(len(l)-1, int(q*float64(len(l))))
		return float64(l[i]) / 1e6
	}
	_ = json.NewEncoder(os.Stdout).Encode(result{Mode: o.mode, Requests: int64(len(l)), Failures: r.rec.failures,
		Statuses: r.rec.statuses, Errors: r.rec.errors, Bytes: r.rec.bytes, Seconds: seconds,
		PerSecond: float64(len(l)) / seconds, Missed: missed, Concurrent: r.most.Load(),
		LatencyMs: map[string]any{"p50": at(.5), "p95": at(.95), "p99": at(.99), "p99.9": at(.999), "max": at(1)}})
}
