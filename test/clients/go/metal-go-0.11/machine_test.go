package clients

import (
	"testing"

	metalgo "github.com/metal-stack/metal-go"
	"github.com/metal-stack/metal-go/api/models"
)

const (
	key     = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB suite"
	unknown = "00000000-0000-0000-0000-000000000000"
)

func machineID(m *models.V1MachineResponse) *string { return m.ID }

func event(t *testing.T, id string) string {
	t.Helper()
	log := must(admin.MachineGet(id))(t).Machine.Events.Log
	if len(log) == 0 {
		return ""
	}
	return *log[0].Event
}

func order(name, image string, networks ...string) metalgo.MachineCreateRequest {
	request := metalgo.MachineCreateRequest{
		Name: name, Hostname: name, Description: "old", Size: here.Lab.Size, Project: here.Lab.Projects.A,
		Partition: here.Lab.Partition, Image: image, Tags: []string{"suite=" + name}, SSHPublicKeys: []string{key}, UserData: "{}",
	}
	for _, id := range networks {
		request.Networks = append(request.Networks, metalgo.MachineAllocationNetwork{NetworkID: id, Autoacquire: true})
	}
	return request
}

func TestMachine(t *testing.T) {
	net := allocateNetwork(t, "oldsuite-machine")
	request := order("oldsuite", here.Lab.MachineImage, *net.ID)
	machine := must(admin.MachineCreate(&request))(t).Machine
	id := *machine.ID
	equals(t, "hostname", machine.Allocation.Hostname, "oldsuite")
	equals(t, "network type", machine.Allocation.Networks[0].Networktype, "privateprimaryunshared")
	equal(t, "addresses", len(machine.Allocation.Networks[0].Ips), 1)
	equal(t, "user data", machine.Allocation.UserData, "{}")
	_, err := viewer.MachineCreate(&request)
	refused(t, err, 403)

	t.Run("reads", func(t *testing.T) { machineReads(t, id) })
	eventually(t, "the machine phones home", func() bool { return event(t, id) == "Phoned Home" })
	t.Run("commands", func(t *testing.T) { machineCommands(t, id) })
	t.Run("reinstall", func(t *testing.T) {
		_, err := admin.MachineReinstall(id, "nosuch-1.0.20250101", "old")
		refused(t, err, 404)
		answer := must(admin.MachineReinstall(id, here.Lab.MachineImage, "old"))(t).Machine
		equals(t, "reinstall", answer.Allocation.Reinstall, true)
	})
	freed := must(admin.MachineDelete(id))(t).Machine
	holds(t, freed.Allocation == nil && len(freed.Tags) == 0, "neither allocation nor tags")
	_, err = admin.MachineDelete(unknown)
	refused(t, err, 404)
	equals(t, "freed", must(admin.NetworkFree(*net.ID))(t).Network.ID, *net.ID)
	eventually(t, "the machine waits again", func() bool { return event(t, id) == "Waiting" })
}

func machineReads(t *testing.T, id string) {
	got := must(admin.MachineGet(id))(t).Machine
	equals(t, "cycles", got.Events.IncompleteProvisioningCycles, "0")
	holds(t, got.Events.LastEventTime != nil, "time of the last event")
	holds(t, got.Hardware.Disks[0].Primary != nil || got.Hardware.Disks[0].Size != nil, "disks")
	_, err := admin.MachineGet(unknown)
	refused(t, err, 404)
	contains(t, must(admin.MachineList())(t).Machines, machineID, id)
	find := &metalgo.MachineFindRequest{AllocationProject: to(here.Lab.Projects.A), Tags: []string{"suite=oldsuite"}}
	found := must(admin.MachineFind(find))(t).Machines
	equal(t, "found", len(found), 1)
	equals(t, "id", found[0].ID, id)
	equals(t, "BMC user", must(admin.MachineIPMIGet(id))(t).Machine.Ipmi.User, "metal")
	list := must(admin.MachineIPMIList(find))(t).Machines
	equal(t, "found", len(list), 1)
	holds(t, list[0].Ipmi.Fru != nil, "FRU")
}

func machineCommands(t *testing.T, id string) {
	equals(t, "state", must(admin.MachineLock(id, "old"))(t).Machine.State.Value, "LOCKED")
	_, err := admin.MachineDelete(id)
	refused(t, err, 422)
	equals(t, "state", must(admin.MachineUnLock(id))(t).Machine.State.Value, "")
	equals(t, "state", must(admin.MachineReserve(id, "old"))(t).Machine.State.Value, "RESERVED")
	equals(t, "state", must(admin.MachineUnReserve(id))(t).Machine.State.Value, "")
	equals(t, "id", must(admin.ChassisIdentifyLEDPowerOn(id, "old"))(t).Machine.ID, id)
	equals(t, "id", must(admin.ChassisIdentifyLEDPowerOff(id, "old"))(t).Machine.ID, id)
	equals(t, "id", must(admin.MachineBootBios(id))(t).Machine.ID, id)
	equals(t, "id", must(admin.MachineBootPxe(id))(t).Machine.ID, id)
	equals(t, "id", must(admin.MachineBootDisk(id))(t).Machine.ID, id)
	equals(t, "id", must(admin.MachinePowerOff(id))(t).Machine.ID, id)
	equals(t, "id", must(admin.MachinePowerOn(id))(t).Machine.ID, id)
	equals(t, "id", must(admin.MachinePowerReset(id))(t).Machine.ID, id)
	_, err = admin.MachinePowerOn(unknown)
	refused(t, err, 404)
}

func TestMachineReportAndDelete(t *testing.T) {
	const id = "00000000-0000-4000-8000-00000000901d"
	report := must(admin.MachineIPMIReport(metalgo.MachineIPMIReports{Reports: &models.V1MachineIpmiReports{
		Partitionid: here.Lab.Partition,
		Reports:     map[string]models.V1MachineIpmiReport{id: {BMCIP: to("10.255.255.8"), BMCVersion: to("1"), BIOSVersion: to("2"), FRU: &models.V1MachineFru{}}},
	}}))(t).Response
	equal(t, "created", report.Created[0], id)
	equals(t, "deleted", must(admin.MachineDeleteFromDatabase(id))(t).Machine.ID, id)
	_, err := admin.MachineDeleteFromDatabase(id)
	refused(t, err, 404)
}

func TestFirewall(t *testing.T) {
	net := allocateNetwork(t, "oldsuite-firewall")
	request := &metalgo.FirewallCreateRequest{MachineCreateRequest: order("oldsuite-fw", here.Lab.FirewallImage, here.Lab.Internet, *net.ID)}
	firewall := must(admin.FirewallCreate(request))(t).Firewall
	id := *firewall.ID
	kinds := map[string]int{}
	for _, network := range firewall.Allocation.Networks {
		kinds[*network.Networktype] += len(network.Ips)
	}
	for _, kind := range []string{"privateprimaryunshared", "external", "underlay"} {
		equal(t, "addresses of "+kind, kinds[kind], 1)
	}
	equals(t, "hostname", must(admin.FirewallGet(id))(t).Firewall.Allocation.Hostname, "oldsuite-fw")
	contains(t, must(admin.FirewallList())(t).Firewalls, func(f *models.V1FirewallResponse) *string { return f.ID }, id)
	find := &metalgo.FirewallFindRequest{}
	find.AllocationProject, find.Tags = to(here.Lab.Projects.A), []string{"suite=oldsuite-fw"}
	equal(t, "found", len(must(admin.FirewallFind(find))(t).Firewalls), 1)
	eventually(t, "the firewall phones home", func() bool { return event(t, id) == "Phoned Home" })
	must(admin.MachineDelete(id))(t)
	_, err := admin.FirewallGet(id)
	refused(t, err, 404)
	must(admin.NetworkFree(*net.ID))(t)
	eventually(t, "the firewall's machine waits", func() bool { return event(t, id) == "Waiting" })
}
