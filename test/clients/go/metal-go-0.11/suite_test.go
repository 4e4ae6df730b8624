// Package clients drives every method of metal-go 0.11, the generation of 2021, against a running server with a simulated
// partition. The program `npm run test:clients` starts both and describes them in METAL_API_TEST_SITE.
package clients

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	metalgo "github.com/metal-stack/metal-go"
	"github.com/metal-stack/metal-lib/httperrors"
)

type site struct {
	URL  string `json:"url"`
	Keys struct {
		Viewer string `json:"viewer"`
		Editor string `json:"editor"`
		Admin  string `json:"admin"`
	} `json:"keys"`
	Lab struct {
		Partition     string `json:"partition"`
		Size          string `json:"size"`
		MachineImage  string `json:"machineImage"`
		FirewallImage string `json:"firewallImage"`
		Internet      string `json:"internet"`
		Projects      struct {
			A string `json:"a"`
			B string `json:"b"`
		} `json:"projects"`
	} `json:"lab"`
}

var (
	here   site
	admin  *metalgo.Driver
	viewer *metalgo.Driver
)

func TestMain(m *testing.M) {
	if err := setUp(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(m.Run())
}

func setUp() (err error) {
	described := os.Getenv("METAL_API_TEST_SITE")
	if described == "" {
		return errors.New("METAL_API_TEST_SITE is not set: start these suites by npm run test:clients")
	}
	if err = json.Unmarshal([]byte(described), &here); err != nil {
		return err
	}
	if admin, err = metalgo.NewDriver(here.URL, "", here.Keys.Admin); err != nil {
		return err
	}
	viewer, err = metalgo.NewDriver(here.URL, "", here.Keys.Viewer, metalgo.AuthType("Metal-View"))
	return err
}

// TestNothingIsLeftOut requires the suites to mention every method of the driver.
func TestNothingIsLeftOut(t *testing.T) {
	files, _ := filepath.Glob("*_test.go")
	var sources strings.Builder
	for _, file := range files {
		content := must(os.ReadFile(file))(t)
		sources.Write(content)
	}
	driver := reflect.TypeFor[*metalgo.Driver]()
	for i := range driver.NumMethod() {
		name := driver.Method(i).Name
		holds(t, strings.Contains(sources.String(), "admin."+name+"("), "a suite calls "+name)
	}
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

// refused requires an operation to fail with this status, decoded from the server's error body. Each documented status has a
// type of its own, which carries the status only in its name.
func refused(t *testing.T, err error, status int) {
	t.Helper()
	var answer interface {
		GetPayload() *httperrors.HTTPErrorResponse
	}
	if !errors.As(err, &answer) {
		t.Fatalf("expected an answer with %d, got %T: %v", status, err, err)
	}
	if payload := answer.GetPayload(); payload.StatusCode != status || payload.Message == "" {
		t.Fatalf("expected %d with a message, got %+v", status, payload)
	}
	var other interface{ Code() int }
	if errors.As(err, &other) && other.Code() != status {
		t.Fatalf("expected %d, got %d", status, other.Code())
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

// contains requires the list to have an element with this ID.
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
