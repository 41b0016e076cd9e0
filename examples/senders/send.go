// Sends an event as a good sender does: go run send.go URL FILE [ID]
//
// FILE is the body, JSON. ID names the event, a digest of the body without it: however often this is repeated, one run starts.
// WEBHOOK_SECRET of the environment is whsec_ and base64 of the key that signs (Standard Webhooks, v1).
// Ends with 0 and the run's id when the event is taken, 1 when it is not, 2 when it is used in a wrong way.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	tries       = 6
	timeout     = 30 * time.Second // of one try
	longestWait = 15 * time.Minute // between two
	maxAnswer   = 1 << 20
)

func fail(code int, text string) {
	fmt.Fprintln(os.Stderr, text)
	os.Exit(code)
}

func readKey(secret string) []byte {
	if secret == "" {
		fail(2, "set WEBHOOK_SECRET to whsec_ and base64 of the key")
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		fail(2, "WEBHOOK_SECRET is not whsec_ and base64")
	}
	return key
}

func sign(key []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.", id, timestamp)
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

var client = http.Client{
	Timeout: timeout,
	// A signed event goes where it was sent, and nowhere else.
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

type answer struct {
	status int // 0: there is none
	header http.Header
	body   []byte
}

func send(url, id string, key, body []byte) answer {
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		fail(2, err.Error())
	}
	timestamp := strconv.FormatInt(time.Now().Unix(), 10) // and a signature of each try; the id stays
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("webhook-id", id)
	request.Header.Set("webhook-timestamp", timestamp)
	request.Header.Set("webhook-signature", sign(key, id, timestamp, body))
	response, err := client.Do(request)
	if err != nil {
		return answer{body: []byte(err.Error())}
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{body: []byte(err.Error())}
	}
	return answer{response.StatusCode, response.Header, content}
}

// toWait is as long as the receiver asks for, else twice as long each time; never all senders at once.
func toWait(header http.Header, tried int) time.Duration {
	wait := time.Duration(math.Min(60, math.Pow(2, float64(tried))) * (0.5 + rand.Float64()/2) * float64(time.Second))
	asked := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(asked); err == nil {
		wait = max(wait, time.Duration(seconds)*time.Second)
	} else if until, err := http.ParseTime(asked); err == nil {
		wait = max(wait, time.Until(until))
	}
	if wait > longestWait {
		return longestWait
	}
	return wait
}

func max(a, b time.Duration) time.Duration {
	if a > b {
		return a
	}
	return b
}

func describe(got answer) string {
	var problem struct{ Detail string }
	text := strings.TrimSpace(string(got.body))
	if json.Unmarshal(got.body, &problem) == nil && problem.Detail != "" {
		text = problem.Detail
	}
	if got.status == 0 {
		return "no answer: " + text
	}
	return fmt.Sprintf("%d: %.200s", got.status, text)
}

func deliver(url, id string, key, body []byte) answer {
	for tried := 0; ; tried++ {
		got := send(url, id, key, body)
		if got.status >= 200 && got.status < 300 {
			return got
		}
		what := describe(got)
		again := got.status == 0 || got.status == 408 || got.status == 429 || got.status >= 500
		if !again || got.header.Get("Idempotent-Replayed") == "true" {
			fail(1, "refused with "+what)
		}
		if tried+1 == tries {
			fail(1, fmt.Sprintf("given up after %d tries, the last one %s", tries, what))
		}
		wait := toWait(got.header, tried)
		fmt.Fprintf(os.Stderr, "%s; again in %.1f s\n", what, wait.Seconds())
		time.Sleep(wait)
	}
}

func main() {
	if len(os.Args) != 3 && len(os.Args) != 4 {
		fail(2, "usage: send URL FILE [ID]")
	}
	key := readKey(os.Getenv("WEBHOOK_SECRET"))
	body, err := os.ReadFile(os.Args[2])
	if err != nil {
		fail(2, err.Error())
	}
	digest := sha256.Sum256(body)
	id := "evt_" + hex.EncodeToString(digest[:])
	if len(os.Args) == 4 {
		id = os.Args[3]
	}
	rand.Seed(time.Now().UnixNano())
	got := deliver(os.Args[1], id, key, body)
	if got.header.Get("Idempotent-Replayed") == "true" {
		fmt.Fprintln(os.Stderr, "this event was there before")
	}
	var taken struct{ RunId string }
	if json.Unmarshal(got.body, &taken) == nil && taken.RunId != "" {
		fmt.Println(taken.RunId)
		return
	}
	fmt.Println(string(got.body)) // a flow that answers by itself
}
