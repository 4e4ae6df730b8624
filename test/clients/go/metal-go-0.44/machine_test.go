package clients

import (
	"testing"
	"time"

	"github.com/metal-stack/metal-go/api/client/machine"
	"github.com/metal-stack/metal-go/api/models"
)

const (
	firstKey  = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB suite"
	secondKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC suite"
)

func machineID(m *models.V1MachineResponse) *string { return m.ID }

// anyMachine returns a waiting machine of the lab.
func anyMachine(t *testing.T) string {
	t.Helper()
	for _, candidate := range must(viewer.Machine().ListMachines(machine.NewListMachinesParams(), nil))(t).Payload {
		if candidate.Allocation == nil && candidate.Size != nil {
			return *candidate.ID
		}
	}
	t.Fatal("no machine is free")
	return ""
}

func find(t *testing.T, id string) *models.V1MachineResponse {
	t.Helper()
	return must(viewer.Machine().FindMachine(machine.NewFindMachineParams().WithID(id), nil))(t).Payload
}

func runs(t *testing.T, id string) {
	t.Helper()
	eventually(t, "the machine phones home", func() bool {
		got := find(t, id)
		return len(got.Events.Log) > 0 && *got.Events.Log[0].Event == "Phoned Home" && *got.Liveliness == "Alive"
	})
}

func waits(t *testing.T, id string) {
	t.Helper()
	eventually(t, "the machine waits again", func() bool {
		got := find(t, id)
		return got.Allocation == nil && len(got.Events.Log) > 0 && *got.Events.Log[0].Event == "Waiting"
	})
}

func TestMachine(t *testing.T) {
	net := allocateNetwork(t, "gosuite-machine")
	id := allocateMachine(t, *net.ID)
	t.Run("reads", func(t *testing.T) { machineReads(t, id) })
	t.Run("update", func(t *testing.T) { machineUpdate(t, id) })
	t.Run("state", func(t *testing.T) { machineState(t, id) })
	runs(t, id)
	t.Run("power", func(t *testing.T) { machinePower(t, id) })
	t.Run("console password", func(t *testing.T) { machineConsolePassword(t, id) })
	t.Run("reinstall", func(t *testing.T) { machineReinstall(t, id) })
	t.Run("free", func(t *testing.T) { machineFree(t, id) })
	freeNetwork(t, *net.ID)
}

func allocateMachine(t *testing.T, networkID string) string {
	t.Helper()
	machines := admin.Machine()
	request := &models.V1MachineAllocateRequest{
		Name: "gosuite", Hostname: "gosuite", Description: "suite", Projectid: to(here.Lab.Projects.A),
		Partitionid: to(here.Lab.Partition), Sizeid: to(here.Lab.Size), Imageid: to(here.Lab.MachineImage),
		Networks: []*models.V1MachineAllocationNetwork{{Networkid: &networkID, Autoacquire: to(true)}},
		Tags:     []string{"suite=go"}, SSHPubKeys: []string{firstKey}, UserData: "#cloud-config",
	}
	allocated := must(machines.AllocateMachine(machine.NewAllocateMachineParams().WithBody(request), nil))(t).Payload
	allocation := allocated.Allocation
	equals(t, "role", allocation.Role, "machine")
	equals(t, "name", allocation.Name, "gosuite")
	equals(t, "image", allocation.Image.ID, here.Lab.MachineImage)
	equal(t, "user data", allocation.UserData, "#cloud-config")
	equal(t, "key", allocation.SSHPubKeys[0], firstKey)
	equal(t, "networks", len(allocation.Networks), 1)
	equals(t, "network", allocation.Networks[0].Networkid, networkID)
	equals(t, "network type", allocation.Networks[0].Networktype, "privateprimaryunshared")
	equal(t, "addresses", len(allocation.Networks[0].Ips), 1)

	unknown := *request
	unknown.Imageid = to("nosuch-1.0.20250101")
	_, err := machines.AllocateMachine(machine.NewAllocateMachineParams().WithBody(&unknown), nil)
	refused[*machine.AllocateMachineDefault](t, err, 400)
	_, err = viewer.Machine().AllocateMachine(machine.NewAllocateMachineParams().WithBody(request), nil)
	refused[*machine.AllocateMachineDefault](t, err, 403)
	return *allocated.ID
}

func machineReads(t *testing.T, id string) {
	machines := admin.Machine()
	got := find(t, id)
	equals(t, "partition", got.Partition.ID, here.Lab.Partition)
	equals(t, "size", got.Size.ID, here.Lab.Size)
	equals(t, "cores", got.Hardware.CPUCores, 8)
	holds(t, len(got.Hardware.Nics) == 2 && len(got.Hardware.Nics[0].Neighbors) > 0, "interfaces with neighbours")
	_, err := machines.FindMachine(machine.NewFindMachineParams().WithID("00000000-0000-0000-0000-000000000000"), nil)
	refused[*machine.FindMachineDefault](t, err, 404)
	contains(t, must(machines.ListMachines(machine.NewListMachinesParams(), nil))(t).Payload, machineID, id)
	found := must(machines.FindMachines(machine.NewFindMachinesParams().WithBody(&models.V1MachineFindRequest{
		AllocationProject: here.Lab.Projects.A, Tags: []string{"suite=go"}, AllocationRole: "machine",
	}), nil))(t).Payload
	one(t, found, machineID, id)

	ipmi := must(machines.FindIPMIMachine(machine.NewFindIPMIMachineParams().WithID(id), nil))(t).Payload
	equals(t, "BMC user", ipmi.Ipmi.User, "metal")
	holds(t, ipmi.Ipmi.Fru != nil && ipmi.Ipmi.Fru.ChassisPartSerial != "", "serial of the chassis")
	all := must(machines.FindIPMIMachines(machine.NewFindIPMIMachinesParams().WithBody(&models.V1MachineFindRequest{}), nil))(t).Payload
	contains(t, all, func(m *models.V1MachineIPMIResponse) *string { return m.ID }, id)

	issues := must(machines.ListIssues(machine.NewListIssuesParams(), nil))(t).Payload
	contains(t, issues, func(i *models.V1MachineIssue) *string { return i.ID }, "liveliness-dead")
	issuesOf := func(body *models.V1MachineIssuesRequest) []*models.V1MachineIssueResponse {
		body.LastErrorThreshold = to(int64(time.Hour))
		return must(machines.Issues(machine.NewIssuesParams().WithBody(body), nil))(t).Payload
	}
	for _, sick := range issuesOf(&models.V1MachineIssuesRequest{}) {
		holds(t, *sick.Machineid != "" && len(sick.Issues) > 0, "issues of a machine", *sick)
	}
	equal(t, "machines that are dead", len(issuesOf(&models.V1MachineIssuesRequest{Only: []string{"liveliness-dead"}})), 0)
	_, err = machines.Issues(machine.NewIssuesParams().WithBody(&models.V1MachineIssuesRequest{
		LastErrorThreshold: to(int64(time.Hour)), Severity: to("fatal")}), nil)
	refused[*machine.IssuesDefault](t, err, 400)
}

func machineUpdate(t *testing.T, id string) {
	machines := admin.Machine()
	update := func(body *models.V1MachineUpdateRequest) *models.V1MachineResponse {
		body.ID = &id
		return must(machines.UpdateMachine(machine.NewUpdateMachineParams().WithBody(body), nil))(t).Payload
	}
	tagged := update(&models.V1MachineUpdateRequest{Tags: []string{"suite=go", "second=tag"}})
	equal(t, "description is kept", tagged.Allocation.Description, "suite")
	equal(t, "keys are kept", tagged.Allocation.SSHPubKeys[0], firstKey)
	holds(t, len(tagged.Tags) >= 5, "own tags and those of the server", tagged.Tags)
	keyed := update(&models.V1MachineUpdateRequest{SSHPubKeys: []string{secondKey}, Description: to("other")})
	equal(t, "key", keyed.Allocation.SSHPubKeys[0], secondKey)
	equal(t, "description", keyed.Allocation.Description, "other")
	equal(t, "tags are kept", len(keyed.Tags), len(tagged.Tags))
	_, err := machines.UpdateMachine(machine.NewUpdateMachineParams().WithBody(&models.V1MachineUpdateRequest{
		ID: to("00000000-0000-0000-0000-000000000000")}), nil)
	refused[*machine.UpdateMachineDefault](t, err, 404)
}

func machineState(t *testing.T, id string) {
	set := func(value string) (*machine.SetMachineStateOK, error) {
		return admin.Machine().SetMachineState(machine.NewSetMachineStateParams().WithID(id).WithBody(
			&models.V1MachineState{Value: &value, Description: to("suite")}), nil)
	}
	equals(t, "state", must(set("LOCKED"))(t).Payload.State.Value, "LOCKED")
	_, err := admin.Machine().FreeMachine(machine.NewFreeMachineParams().WithID(id), nil)
	refused[*machine.FreeMachineDefault](t, err, 422)
	_, err = set("NOSUCH")
	refused[*machine.SetMachineStateDefault](t, err, 400)
	equals(t, "state", must(set(""))(t).Payload.State.Value, "")
}

func machinePower(t *testing.T, id string) {
	machines := admin.Machine()
	same := func(answer *models.V1MachineResponse) { t.Helper(); equals(t, "id", answer.ID, id) }
	led := must(machines.ChassisIdentifyLEDOn(machine.NewChassisIdentifyLEDOnParams().WithID(id).WithDescription(to("here")).WithBody([]string{}), nil))(t)
	same(led.Payload)
	equal(t, "reason", *led.Payload.Ledstate.Description, "here")
	same(must(machines.ChassisIdentifyLEDOff(machine.NewChassisIdentifyLEDOffParams().WithID(id).WithBody([]string{}), nil))(t).Payload)
	same(must(machines.MachineDisk(machine.NewMachineDiskParams().WithID(id).WithBody([]string{}), nil))(t).Payload)
	same(must(machines.MachineBios(machine.NewMachineBiosParams().WithID(id).WithBody([]string{}), nil))(t).Payload)
	same(must(machines.MachinePxe(machine.NewMachinePxeParams().WithID(id).WithBody([]string{}), nil))(t).Payload)
	same(must(machines.MachineDisk(machine.NewMachineDiskParams().WithID(id).WithBody([]string{}), nil))(t).Payload)
	same(must(machines.MachineOff(machine.NewMachineOffParams().WithID(id).WithBody([]string{}), nil))(t).Payload)
	same(must(machines.MachineOn(machine.NewMachineOnParams().WithID(id).WithBody([]string{}), nil))(t).Payload)
	same(must(machines.MachineReset(machine.NewMachineResetParams().WithID(id).WithBody([]string{}), nil))(t).Payload)
	same(must(machines.MachineCycle(machine.NewMachineCycleParams().WithID(id).WithBody([]string{}), nil))(t).Payload)
	_, err := machines.MachineOn(machine.NewMachineOnParams().WithID("00000000-0000-0000-0000-000000000000").WithBody([]string{}), nil)
	refused[*machine.MachineOnDefault](t, err, 404)
}

func machineConsolePassword(t *testing.T, id string) {
	ask := machine.NewGetMachineConsolePasswordParams().WithBody(
		&models.V1MachineConsolePasswordRequest{ID: &id, Reason: to("suite")})
	answer := must(admin.Machine().GetMachineConsolePassword(ask, nil))(t).Payload
	equals(t, "id", answer.ID, id)
	holds(t, *answer.ConsolePassword != "", "the password that the installer reported")
	_, err := viewer.Machine().GetMachineConsolePassword(ask, nil)
	refused[*machine.GetMachineConsolePasswordDefault](t, err, 403)
}

func machineReinstall(t *testing.T, id string) {
	reinstall := func(id, image string) (*machine.ReinstallMachineOK, error) {
		return admin.Machine().ReinstallMachine(machine.NewReinstallMachineParams().WithID(id).WithBody(
			&models.V1MachineReinstallRequest{ID: &id, Imageid: &image, Description: "suite"}), nil)
	}
	_, err := reinstall(id, "nosuch-1.0.20250101")
	refused[*machine.ReinstallMachineDefault](t, err, 404)
	_, err = reinstall(anyMachine(t), here.Lab.MachineImage)
	refused[*machine.ReinstallMachineBadRequest](t, err, 400)
	answer := must(reinstall(id, here.Lab.MachineImage))(t).Payload
	equals(t, "reinstall", answer.Allocation.Reinstall, true)
	equals(t, "name is kept", answer.Allocation.Name, "gosuite")
}

func machineFree(t *testing.T, id string) {
	machines := admin.Machine()
	freed := must(machines.FreeMachine(machine.NewFreeMachineParams().WithID(id), nil))(t).Payload
	equals(t, "id", freed.ID, id)
	got := find(t, id)
	holds(t, got.Allocation == nil && len(got.Tags) == 0, "neither allocation nor tags")
	_, err := machines.FreeMachine(machine.NewFreeMachineParams().WithID("00000000-0000-0000-0000-000000000000"), nil)
	refused[*machine.FreeMachineDefault](t, err, 404)
	waits(t, id)
	_, err = machines.DeleteMachine(machine.NewDeleteMachineParams().WithID(id), nil)
	refused[*machine.DeleteMachineDefault](t, err, 422)
}

func TestMachineReportAndDelete(t *testing.T) {
	const id = "00000000-0000-4000-8000-00000000900d"
	report := must(admin.Machine().IpmiReport(machine.NewIpmiReportParams().WithBody(&models.V1MachineIpmiReports{
		Partitionid: here.Lab.Partition, Reports: map[string]models.V1MachineIpmiReport{id: {
			BMCIP: to("10.255.255.9"), BMCVersion: to("1"), BIOSVersion: to("2"), PowerState: to("OFF"),
			IndicatorLEDState: to("LED-OFF"), FRU: &models.V1MachineFru{ChassisPartSerial: "serial"},
		}},
	}), nil))(t).Payload
	equal(t, "created", report.Created[0], id)
	got := must(admin.Machine().FindIPMIMachine(machine.NewFindIPMIMachineParams().WithID(id), nil))(t).Payload
	equals(t, "power", got.Ipmi.Powerstate, "OFF")
	equal(t, "serial", got.Ipmi.Fru.ChassisPartSerial, "serial")
	remove := machine.NewDeleteMachineParams().WithID(id)
	equals(t, "deleted", must(admin.Machine().DeleteMachine(remove, nil))(t).Payload.ID, id)
	_, err := admin.Machine().DeleteMachine(remove, nil)
	refused[*machine.DeleteMachineDefault](t, err, 404)
}
