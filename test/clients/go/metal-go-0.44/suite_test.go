// Package clients drives every method of the newest metal-go that fits the contract against a running server with a
// simulated partition. The program `npm run test:clients` starts both and describes them in METAL_API_TEST_SITE.
package clients

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	metalgo "github.com/metal-stack/metal-go"
	"github.com/metal-stack/metal-lib/httperrors"
)

type site struct {
	URL  string `json:"url"`
	Spec string `json:"spec"`
	Keys struct {
		Viewer string `json:"viewer"`
		Editor string `json:"editor"`
		Admin  string `json:"admin"`
	} `json:"keys"`
	Token    string `json:"token"`
	Firmware bool   `json:"firmware"`
	Lab      struct {
		Partition     string `json:"partition"`
		Size          string `json:"size"`
		MachineImage  string `json:"machineImage"`
		FirewallImage string `json:"firewallImage"`
		Internet      string `json:"internet"`
		Projects      struct {
			Storage string `json:"storage"`
			A       string `json:"a"`
			B       string `json:"b"`
		} `json:"projects"`
	} `json:"lab"`
}

var (
	here   site
	admin  metalgo.Client
	viewer metalgo.Client
	bearer metalgo.Client
)

func TestMain(m *testing.M) {
	if err := setUp(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	code := m.Run()
	if missing := notCalled(here.Spec); len(missing) > 0 && code == 0 && flag.Lookup("test.run").Value.String() == "" {
		fmt.Println("FAIL: methods of the driver that no suite called successfully:", missing)
		code = 1
	}
	os.Exit(code)
}

func setUp() (err error) {
	described := os.Getenv("METAL_API_TEST_SITE")
	if described == "" {
		return errors.New("METAL_API_TEST_SITE is not set: start these suites by npm run test:clients")
	}
	if err = json.Unmarshal([]byte(described), &here); err != nil {
		return err
	}
	record()
	if admin, err = metalgo.NewClient(here.URL, metalgo.HMACAuth(here.Keys.Admin, "Metal-Admin")); err != nil {
		return err
	}
	if viewer, err = metalgo.NewClient(here.URL, metalgo.HMACAuth(here.Keys.Viewer, "Metal-View")); err != nil {
		return err
	}
	bearer, err = metalgo.NewClient(here.URL, metalgo.BearerToken(here.Token))
	return err
}

// must unwraps the response of a call that has to succeed: must(call())(t).
func must[T any](answer T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatalf("unexpected error: %v", err)
		}
		return answer
	}
}

// refusal is the interface that all generated errors share, those of documented statuses and the default one.
type refusal interface {
	error
	Code() int
	GetPayload() *httperrors.HTTPErrorResponse
}

// refused requires an error of type E with this status, decoded from the server's error body.
func refused[E refusal](t *testing.T, err error, status int) {
	t.Helper()
	var answer E
	if !errors.As(err, &answer) {
		t.Fatalf("expected %T with %d, got %T: %v", answer, status, err, err)
	}
	payload := answer.GetPayload()
	if answer.Code() != status || payload.StatusCode != status || payload.Message == "" {
		t.Fatalf("expected %d with a message, got %d %+v", status, answer.Code(), payload)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

func equals[T comparable](t *testing.T, what string, got *T, want T) {
	t.Helper()
	if got == nil {
		t.Fatalf("%s: absent, want %v", what, want)
	}
	equal(t, what, *got, want)
}

func holds(t *testing.T, condition bool, what string, details ...any) {
	t.Helper()
	if !condition {
		t.Fatalf("does not hold: %s %v", what, details)
	}
}

// eventually polls until the condition holds; use it for what the simulated partition does on its own.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("did not happen: %s", what)
}

func to[T any](value T) *T { return &value }

// one requires exactly one element, with this ID: the result of every find by ID.
func one[T any](t *testing.T, list []*T, id func(*T) *string, want string) *T {
	t.Helper()
	if len(list) != 1 {
		t.Fatalf("%d elements instead of one: %s", len(list), want)
	}
	equals(t, "id", id(list[0]), want)
	return list[0]
}

// contains requires an element with this ID, and no nil elements.
func contains[T any](t *testing.T, list []*T, id func(*T) *string, want string) *T {
	t.Helper()
	for _, element := range list {
		if *id(element) == want {
			return element
		}
	}
	t.Fatalf("%s is not among %d elements", want, len(list))
	return nil
}
