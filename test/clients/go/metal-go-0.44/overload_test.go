package clients

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/metal-stack/metal-go/api/client/machine"
	"github.com/metal-stack/metal-go/api/models"
)

// announce sends the headers of a large body, but not the body, and returns the status of an early refusal, or 0.
func announce(t *testing.T, salt string) (net.Conn, int) {
	t.Helper()
	address, err := url.Parse(here.URL)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := net.Dial("tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	date := time.Now().UTC().Format(time.RFC3339)
	mac := hmac.New(sha256.New, []byte(here.Keys.Viewer))
	mac.Write([]byte(date + http.MethodPost + salt))
	fmt.Fprintf(connection, "POST %s/v1/machine/find HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"+
		"Content-Length: 8000000\r\nX-Date: %s\r\nX-Data-Salt: %s\r\nAuthorization: Metal-View %s\r\n\r\n",
		strings.TrimSuffix(address.Path, "/"), address.Host, date, salt, hex.EncodeToString(mac.Sum(nil)))
	_ = connection.SetReadDeadline(time.Now().Add(2 * time.Second))
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return connection, 0
	}
	return connection, answer.StatusCode
}

// The Go client does not retry a call that was refused with 429 or 503: it returns a typed error, and succeeds again as
// soon as the server has capacity. Requests of ordinary size are never refused.
func TestOverload(t *testing.T) {
	var held []net.Conn
	status := 0
	for n := 0; n < 10 && status == 0; n++ {
		var connection net.Conn
		connection, status = announce(t, fmt.Sprintf("overload%d", n))
		held = append(held, connection)
	}
	equal(t, "status of one body too many", status, http.StatusTooManyRequests)

	find := func(tags ...string) error {
		_, err := viewer.Machine().FindMachines(machine.NewFindMachinesParams().WithBody(&models.V1MachineFindRequest{Tags: tags}), nil)
		return err
	}
	large := strings.Repeat("x", 2_000_000)
	refused[*machine.FindMachinesDefault](t, find(large), http.StatusTooManyRequests)
	if err := find("small"); err != nil {
		t.Fatalf("a small request was refused: %v", err)
	}
	for _, connection := range held {
		_ = connection.Close()
	}
	eventually(t, "there is room for the large request again", func() bool {
		var refusal *machine.FindMachinesDefault
		err := find(large)
		return !errors.As(err, &refusal) || refusal.Code() != http.StatusTooManyRequests
	})
}
