package clients

import (
	"testing"

	"github.com/metal-stack/metal-go/api/client/firewall"
	"github.com/metal-stack/metal-go/api/client/machine"
	"github.com/metal-stack/metal-go/api/models"
)

func TestFirewall(t *testing.T) {
	firewalls := admin.Firewall()
	net := allocateNetwork(t, "gosuite-firewall")
	request := &models.V1FirewallCreateRequest{
		Name: "gosuite-fw", Hostname: "gosuite-fw", Projectid: to(here.Lab.Projects.A), Partitionid: to(here.Lab.Partition),
		Sizeid: to(here.Lab.Size), Imageid: to(here.Lab.FirewallImage), SSHPubKeys: []string{}, Tags: []string{"suite=go-fw"},
		Networks: []*models.V1MachineAllocationNetwork{
			{Networkid: to(here.Lab.Internet), Autoacquire: to(true)}, {Networkid: net.ID, Autoacquire: to(true)},
		},
		FirewallRules: &models.V1FirewallRules{Egress: []*models.V1FirewallEgressRule{
			{Protocol: "tcp", Ports: []int32{443}, To: []string{"0.0.0.0/0"}, Comment: "https"},
		}},
	}
	allocated := must(firewalls.AllocateFirewall(firewall.NewAllocateFirewallParams().WithBody(request), nil))(t).Payload
	id := *allocated.ID
	equals(t, "role", allocated.Allocation.Role, "firewall")
	equal(t, "rule", allocated.Allocation.FirewallRules.Egress[0].Ports[0], 443)
	kinds := map[string]int{}
	for _, network := range allocated.Allocation.Networks {
		kinds[*network.Networktype] += len(network.Ips)
	}
	equal(t, "networks", len(kinds), 3)
	for _, kind := range []string{"privateprimaryunshared", "external", "underlay"} {
		equal(t, "addresses of "+kind, kinds[kind], 1)
	}

	got := must(firewalls.FindFirewall(firewall.NewFindFirewallParams().WithID(id), nil))(t).Payload
	equals(t, "hostname", got.Allocation.Hostname, "gosuite-fw")
	_, err := firewalls.FindFirewall(firewall.NewFindFirewallParams().WithID(anyMachine(t)), nil)
	refused[*firewall.FindFirewallDefault](t, err, 404)
	firewallID := func(f *models.V1FirewallResponse) *string { return f.ID }
	contains(t, must(firewalls.ListFirewalls(firewall.NewListFirewallsParams(), nil))(t).Payload, firewallID, id)
	byName := firewall.NewFindFirewallsParams().WithBody(&models.V1FirewallFindRequest{
		AllocationName: "gosuite-fw", AllocationProject: here.Lab.Projects.A, Tags: []string{"suite=go-fw"},
	})
	one(t, must(firewalls.FindFirewalls(byName, nil))(t).Payload, firewallID, id)
	_, err = viewer.Firewall().AllocateFirewall(firewall.NewAllocateFirewallParams().WithBody(request), nil)
	refused[*firewall.AllocateFirewallDefault](t, err, 403)

	runs(t, id)
	must(admin.Machine().FreeMachine(machine.NewFreeMachineParams().WithID(id), nil))(t)
	_, err = firewalls.FindFirewall(firewall.NewFindFirewallParams().WithID(id), nil)
	refused[*firewall.FindFirewallDefault](t, err, 404)
	equal(t, "firewalls of the name", len(must(firewalls.FindFirewalls(byName, nil))(t).Payload), 0)
	freeNetwork(t, *net.ID)
	waits(t, id)
}
