package clients

import (
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	metalgo "github.com/metal-stack/metal-go"
)

var recorded struct {
	sync.Mutex
	requests []string
}

type recorder struct{ next http.RoundTripper }

func (r recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := r.next.RoundTrip(request)
	if err == nil && response.StatusCode < 300 {
		recorded.Lock()
		defer recorded.Unlock()
		recorded.requests = append(recorded.requests, request.Method+" "+request.URL.Path)
	}
	return response, err
}

// record makes every client that is created afterwards record its successful requests.
func record() { http.DefaultTransport = recorder{http.DefaultTransport} }

type operation struct {
	id      string
	pattern *regexp.Regexp
	literal int
}

// notCalled lists the service methods of the driver without a successful request. The served document maps requests to
// operations.
func notCalled(document string) []string {
	operations := operationsOf(document)
	called := map[string]bool{}
	for _, request := range recorded.requests {
		for _, candidate := range operations {
			if candidate.pattern.MatchString(request) {
				called[candidate.id] = true
				break
			}
		}
	}
	var missing []string
	client := reflect.TypeFor[metalgo.Client]()
	for i := range client.NumMethod() {
		service := client.Method(i).Type.Out(0)
		for j := range service.NumMethod() {
			name := service.Method(j).Name
			if !exempt(name) && !called[strings.ToLower(name)] {
				missing = append(missing, client.Method(i).Name+"."+name)
			}
		}
	}
	return missing
}

// methodName returns the generator's method name for an operation, in lower case.
func methodName(operationID string) string {
	return strings.ToLower(strings.ReplaceAll(operationID, " ", ""))
}

// exempt lists methods that are not operations, that the client cannot execute, or that need an object storage which this
// site lacks.
func exempt(method string) bool {
	if !here.Firmware && strings.Contains(method, "Firmware") {
		return true
	}
	return method == "SetTransport" || method == "FreeNetworkDeprecated"
}

// operationsOf returns the operations of the document; those with more literal path segments come first.
func operationsOf(document string) []operation {
	content, err := os.ReadFile(document)
	if err != nil {
		panic(err)
	}
	var spec struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(content, &spec); err != nil {
		panic(err)
	}
	parameter := regexp.MustCompile(`\{[^}]+\}`)
	var operations []operation
	for path, methods := range spec.Paths {
		for method, described := range methods {
			pattern := "^" + strings.ToUpper(method) + " .*" + parameter.ReplaceAllString(path, "[^/]+") + "$"
			literal := strings.Count(path, "/") - strings.Count(path, "{")
			operations = append(operations, operation{methodName(described.OperationID), regexp.MustCompile(pattern), literal})
		}
	}
	slices.SortFunc(operations, func(a, b operation) int { return b.literal - a.literal })
	return operations
}
