package clients

import (
	"testing"

	metalgo "github.com/metal-stack/metal-go"
	"github.com/metal-stack/metal-go/api/models"
)

func networkID(n *models.V1NetworkResponse) *string { return n.ID }

func allocateNetwork(t *testing.T, name string) *models.V1NetworkResponse {
	t.Helper()
	return must(admin.NetworkAllocate(&metalgo.NetworkAllocateRequest{
		Name: name, ProjectID: here.Lab.Projects.A, PartitionID: here.Lab.Partition, Labels: map[string]string{"suite": name},
	}))(t).Network
}

func TestNetwork(t *testing.T) {
	request := &metalgo.NetworkCreateRequest{ID: to("oldsuite"), Name: "old", Prefixes: []string{"192.0.2.0/26"},
		Destinationprefixes: []string{}, Vrf: 4712}
	equals(t, "id", must(admin.NetworkCreate(request))(t).Network.ID, "oldsuite")
	_, err := admin.NetworkCreate(request)
	refused(t, err, 409)
	got := must(admin.NetworkGet("oldsuite"))(t).Network
	equals(t, "available", got.Usage.AvailableIps, 64)
	equals(t, "NAT", got.Nat, false)
	_, err = admin.NetworkGet("nosuch")
	refused(t, err, 404)
	contains(t, must(admin.NetworkList())(t).Networks, networkID, "oldsuite")
	found := must(admin.NetworkFind(&metalgo.NetworkFindRequest{Prefixes: []string{"192.0.2.0/26"}}))(t).Networks
	equal(t, "found", len(found), 1)
	request.Description = "changed"
	equal(t, "description", must(admin.NetworkUpdate(request))(t).Network.Description, "changed")
	prefix := &metalgo.NetworkUpdateRequest{Networkid: "oldsuite", Prefix: "192.0.2.64/26"}
	equal(t, "prefixes", len(must(admin.NetworkAddPrefix(prefix))(t).Network.Prefixes), 2)
	equal(t, "prefixes", len(must(admin.NetworkRemovePrefix(prefix))(t).Network.Prefixes), 1)
	equals(t, "deleted", must(admin.NetworkDelete("oldsuite"))(t).Network.ID, "oldsuite")
	_, err = admin.NetworkDelete("oldsuite")
	refused(t, err, 404)
}

func TestIP(t *testing.T) {
	net := allocateNetwork(t, "oldsuite-ip")
	service := []string{"cluster.metal-stack.io/id/namespace/service=c/n/s"}
	any := must(admin.IPAllocate(&metalgo.IPAllocateRequest{
		Networkid: *net.ID, Projectid: here.Lab.Projects.A, Type: "ephemeral", Name: "old", Tags: service,
	}))(t).IP
	specific := &metalgo.IPAllocateRequest{
		IPAddress: "198.51.100.78", Networkid: here.Lab.Internet, Projectid: here.Lab.Projects.A, Type: "static"}
	equals(t, "address", must(admin.IPAllocate(specific))(t).IP.Ipaddress, "198.51.100.78")
	_, err := admin.IPAllocate(specific)
	refused(t, err, 409)
	equals(t, "network", must(admin.IPGet(*any.Ipaddress))(t).IP.Networkid, *net.ID)
	_, err = admin.IPGet("203.0.113.254")
	refused(t, err, 404)
	address := func(i *models.V1IPResponse) *string { return i.Ipaddress }
	contains(t, must(admin.IPList())(t).IPs, address, "198.51.100.78")
	find := &metalgo.IPFindRequest{ProjectID: to(here.Lab.Projects.A), Tags: service}
	equal(t, "found by tag", len(must(admin.IPFind(find))(t).IPs), 1)

	kept := must(admin.IPUpdate(&metalgo.IPUpdateRequest{IPAddress: *any.Ipaddress, Description: "d"}))(t).IP
	equals(t, "an empty type keeps it", kept.Type, "ephemeral")
	equal(t, "no tags keep them", len(kept.Tags), 1)
	cleared := must(admin.IPUpdate(&metalgo.IPUpdateRequest{IPAddress: *any.Ipaddress, Tags: []string{}}))(t).IP
	equal(t, "an empty list clears them", len(cleared.Tags), 0)
	equal(t, "found by tag", len(must(admin.IPFind(find))(t).IPs), 0)
	_, err = admin.NetworkFree(*net.ID)
	refused(t, err, 422)
	for _, ip := range []string{*any.Ipaddress, "198.51.100.78"} {
		equals(t, "freed", must(admin.IPFree(ip))(t).IP.Ipaddress, ip)
	}
	_, err = admin.IPFree("203.0.113.254")
	refused(t, err, 404)
	equals(t, "freed", must(admin.NetworkFree(*net.ID))(t).Network.ID, *net.ID)
}
