package clients

import (
	"net/url"
	"testing"
	"time"

	"github.com/go-openapi/runtime"
	httptransport "github.com/go-openapi/runtime/client"
	"github.com/go-openapi/strfmt"
	"github.com/metal-stack/security"

	metalgo "github.com/metal-stack/metal-go"
	"github.com/metal-stack/metal-go/api/client"
	"github.com/metal-stack/metal-go/api/client/machine"
	"github.com/metal-stack/metal-go/api/client/switch_operations"
	"github.com/metal-stack/metal-go/api/models"
)

const site2021 = "oldsuite-agent"

// generated is the generated client that the driver wraps; it has the routes that the agents of 2021 called.
func generated(t *testing.T) *client.MetalAPI {
	t.Helper()
	address := must(url.Parse(here.URL))(t)
	transport := httptransport.New(address.Host, address.Path, []string{address.Scheme})
	auth := security.NewHMACAuth("Metal-Edit", []byte(here.Keys.Editor))
	transport.DefaultAuthentication = runtime.ClientAuthInfoWriterFunc(func(request runtime.ClientRequest, _ strfmt.Registry) error {
		auth.AddAuthToClientRequest(request, time.Now())
		return nil
	})
	return client.New(transport, strfmt.Default)
}

// leaf registers a switch with one port, which the machine of `registration` is cabled to.
func leaf(t *testing.T, id, mac string) {
	t.Helper()
	_, _, err := generated(t).SwitchOperations.RegisterSwitch(switch_operations.NewRegisterSwitchParams().WithBody(
		&models.V1SwitchRegisterRequest{
			ID: &id, Name: id, PartitionID: to(site2021), RackID: to("rack"),
			Nics: []*models.V1SwitchNic{{Name: to("swp1"), Mac: &mac}},
		}), nil)
	if err != nil {
		t.Fatal(err)
	}
}

// TestPartitionAgent registers a machine at two leaf switches and reports its events and its LED.
func TestPartitionAgent(t *testing.T) {
	const id = "00000000-0000-4000-8000-00000000902d"
	machines := generated(t).Machine
	must(admin.PartitionCreate(metalgo.PartitionCreateRequest{ID: site2021}))(t)
	leaf(t, "oldsuite-1", "02:00:00:00:0a:01")
	leaf(t, "oldsuite-2", "02:00:00:00:0a:02")
	known, created, err := machines.RegisterMachine(machine.NewRegisterMachineParams().WithBody(registration(id)), nil)
	must(known, err)(t)
	holds(t, created != nil, "201 for a new machine")
	equals(t, "id", created.Payload.ID, id)
	known, _, err = machines.RegisterMachine(machine.NewRegisterMachineParams().WithBody(registration(id)), nil)
	must(known, err)(t)
	holds(t, known != nil, "200 for a known machine")

	container := must(machines.AddProvisioningEvent(machine.NewAddProvisioningEventParams().WithID(id).WithBody(
		&models.V1MachineProvisioningEvent{Event: to("Preparing"), Message: "old"}), nil))(t).Payload
	equals(t, "event", container.Log[0].Event, "Preparing")
	container = must(machines.GetProvisioningEventContainer(machine.NewGetProvisioningEventContainerParams().WithID(id), nil))(t).Payload
	equals(t, "event", container.Log[0].Event, "Preparing")
	equals(t, "cycles", container.IncompleteProvisioningCycles, "0")

	led := must(machines.SetChassisIdentifyLEDState(machine.NewSetChassisIdentifyLEDStateParams().WithID(id).WithBody(
		&models.V1ChassisIdentifyLEDState{Value: to("LED-ON"), Description: to("old")}), nil))(t).Payload
	equals(t, "LED", led.Ledstate.Value, "LED-ON")
	_, err = machines.FinalizeAllocation(machine.NewFinalizeAllocationParams().WithID(id).WithBody(finalization()), nil)
	refused(t, err, 422)
	must(machines.AbortReinstallMachine(machine.NewAbortReinstallMachineParams().WithID(id).WithBody(
		&models.V1MachineAbortReinstallRequest{PrimaryDiskWiped: to(false)}), nil))(t)
	must(admin.MachinePowerOff(id))(t)
}

// TestInstallationReport finalizes and aborts like the agents did: only while an installation is in progress.
func TestInstallationReport(t *testing.T) {
	machines := generated(t).Machine
	net := allocateNetwork(t, "oldsuite-report")
	request := order("oldsuite-report", here.Lab.MachineImage, *net.ID)
	id := *must(admin.MachineCreate(&request))(t).Machine.ID
	eventually(t, "the machine phones home", func() bool { return event(t, id) == "Phoned Home" })
	_, err := machines.FinalizeAllocation(machine.NewFinalizeAllocationParams().WithID(id).WithBody(finalization()), nil)
	refused(t, err, 422)
	must(admin.MachineReinstall(id, here.Lab.MachineImage, "old"))(t)
	finalized := must(machines.FinalizeAllocation(machine.NewFinalizeAllocationParams().WithID(id).WithBody(finalization()), nil))(t).Payload
	equals(t, "kernel", finalized.Allocation.BootInfo.Kernel, "/kernel")
	equals(t, "reinstall", finalized.Allocation.Reinstall, false)
	must(admin.MachineReinstall(id, here.Lab.MachineImage, "old"))(t)
	aborted := must(machines.AbortReinstallMachine(machine.NewAbortReinstallMachineParams().WithID(id).WithBody(
		&models.V1MachineAbortReinstallRequest{PrimaryDiskWiped: to(false)}), nil))(t).Payload
	equals(t, "how to boot what is still on the disk", aborted.Kernel, "/kernel")
	must(admin.MachineDelete(id))(t)
	must(admin.NetworkFree(*net.ID))(t)
	eventually(t, "the machine waits again", func() bool { return event(t, id) == "Waiting" })
}

func registration(id string) *models.V1MachineRegisterRequest {
	return &models.V1MachineRegisterRequest{
		UUID: &id, Partitionid: to(site2021), Rackid: to("rack"), Tags: []string{},
		Bios: &models.V1MachineBIOS{Version: to("1"), Vendor: to("v"), Date: to("d")},
		Ipmi: &models.V1MachineIPMI{
			Address: to("10.255.255.7:623"), Mac: to("02:00:00:00:09:02"), User: to("u"), Password: to("p"),
			Interface: to("lanplus"), Bmcversion: to("1"), Fru: &models.V1MachineFru{},
		},
		Hardware: &models.V1MachineHardwareExtended{
			CPUCores: to(int32(3)), Memory: to(int64(1 << 30)), Disks: []*models.V1MachineBlockDevice{{Name: to("/dev/sda"), Size: to(int64(1 << 30)), Primary: to(false)}},
			Nics: []*models.V1MachineNicExtended{nic("eth0", "02:00:00:00:0b:01", "02:00:00:00:0a:01"), nic("eth1", "02:00:00:00:0b:02", "02:00:00:00:0a:02")},
		},
	}
}

func nic(name, mac, neighbor string) *models.V1MachineNicExtended {
	neighbors := []*models.V1MachineNicExtended{{Name: to("swp1"), Mac: &neighbor, Neighbors: []*models.V1MachineNicExtended{}}}
	return &models.V1MachineNicExtended{Name: &name, Mac: &mac, Neighbors: neighbors}
}

func finalization() *models.V1MachineFinalizeAllocationRequest {
	return &models.V1MachineFinalizeAllocationRequest{
		ConsolePassword: to("secret"), Primarydisk: to("/dev/sda"), Ospartition: to("/dev/sda2"), Initrd: to("/initrd"),
		Cmdline: to("console=ttyS0"), Kernel: to("/kernel"), Bootloaderid: to("debian"),
	}
}
