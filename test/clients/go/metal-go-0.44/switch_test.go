package clients

import (
	"testing"
	"time"

	"github.com/metal-stack/metal-go/api/client/partition"
	"github.com/metal-stack/metal-go/api/client/switch_operations"
	"github.com/metal-stack/metal-go/api/models"
)

func switchID(s *models.V1SwitchResponse) *string { return s.ID }

// register registers a leaf switch in a partition of this test, apart from the simulated ones.
func register(t *testing.T, id, rack string) (*switch_operations.RegisterSwitchOK, *switch_operations.RegisterSwitchCreated) {
	t.Helper()
	known, created, err := admin.SwitchOperations().RegisterSwitch(switch_operations.NewRegisterSwitchParams().WithBody(
		&models.V1SwitchRegisterRequest{
			ID: &id, Name: id, PartitionID: to("gosuite-switches"), RackID: &rack,
			ManagementIP: "192.0.2.9", ManagementUser: "metal", Mode: "operational",
			Os: &models.V1SwitchOS{Vendor: "SONiC", Version: "1", MetalCoreVersion: "2"},
			Nics: []*models.V1SwitchNic{
				{Name: to("Ethernet0"), Mac: to("02:00:00:00:00:01"), Identifier: to("Eth1/1"), Actual: to("UP")},
				{Name: to("Ethernet4"), Mac: to("02:00:00:00:00:02"), Identifier: to("Eth1/2"), Actual: to("DOWN")},
			},
		}), nil)
	if err != nil {
		t.Fatal(err)
	}
	return known, created
}

func TestSwitch(t *testing.T) {
	switches := admin.SwitchOperations()
	must(admin.Partition().CreatePartition(partition.NewCreatePartitionParams().WithBody(&models.V1PartitionCreateRequest{
		ID: to("gosuite-switches"), Bootconfig: &models.V1PartitionBootConfiguration{Imageurl: "http://127.0.0.1/i", Kernelurl: "http://127.0.0.1/k"},
	}), nil))(t)
	_, created := register(t, "gosuite-1", "rack-1")
	holds(t, created != nil, "201 for a new switch")
	equals(t, "id", created.Payload.ID, "gosuite-1")
	known, _ := register(t, "gosuite-1", "rack-1")
	holds(t, known != nil, "200 for a known switch")

	got := must(switches.FindSwitch(switch_operations.NewFindSwitchParams().WithID("gosuite-1"), nil))(t).Payload
	equals(t, "rack", got.RackID, "rack-1")
	equals(t, "partition", got.Partition.ID, "gosuite-switches")
	equal(t, "vendor", got.Os.Vendor, "SONiC")
	equal(t, "ports", len(got.Nics), 2)
	_, err := switches.FindSwitch(switch_operations.NewFindSwitchParams().WithID("nosuch"), nil)
	refused[*switch_operations.FindSwitchDefault](t, err, 404)
	contains(t, must(switches.ListSwitches(switch_operations.NewListSwitchesParams(), nil))(t).Payload, switchID, "gosuite-1")
	found := must(switches.FindSwitches(switch_operations.NewFindSwitchesParams().WithBody(
		&models.V1SwitchFindRequest{Partitionid: "gosuite-switches"}), nil))(t).Payload
	one(t, found, switchID, "gosuite-1")

	notified := must(switches.NotifySwitch(switch_operations.NewNotifySwitchParams().WithID("gosuite-1").WithBody(
		&models.V1SwitchNotifyRequest{
			SyncDuration: to(int64(1500 * time.Millisecond)), PortStates: map[string]string{"Ethernet0": "UP", "Ethernet4": "UP"},
		}), nil))(t).Payload
	equals(t, "duration", notified.LastSync.Duration, int64(1500*time.Millisecond))
	updated := must(switches.UpdateSwitch(switch_operations.NewUpdateSwitchParams().WithBody(&models.V1SwitchUpdateRequest{
		ID: to("gosuite-1"), RackID: to("rack-1"), Description: "changed", Os: &models.V1SwitchOS{Vendor: "4.4.0"},
	}), nil))(t).Payload
	equal(t, "description", updated.Description, "changed")
	equal(t, "what the switch reported is kept", updated.Os.Vendor, "SONiC")
	_, err = switches.ToggleSwitchPort(switch_operations.NewToggleSwitchPortParams().WithID("gosuite-1").WithBody(
		&models.V1SwitchPortToggleRequest{Nic: to("nosuch"), Status: to("UP")}), nil)
	refused[*switch_operations.ToggleSwitchPortDefault](t, err, 404)
	_, err = switches.ToggleSwitchPort(switch_operations.NewToggleSwitchPortParams().WithID("gosuite-1").WithBody(
		&models.V1SwitchPortToggleRequest{Nic: to("Ethernet0"), Status: to("LEFT")}), nil)
	refused[*switch_operations.ToggleSwitchPortBadRequest](t, err, 400)

	simulated := here.Lab.Partition + "-rack-1-leaf-1"
	port := must(switches.FindSwitch(switch_operations.NewFindSwitchParams().WithID(simulated), nil))(t).Payload.Connections[0].Nic.Name
	for _, status := range []string{"DOWN", "UP"} {
		toggled := must(switches.ToggleSwitchPort(switch_operations.NewToggleSwitchPortParams().WithID(simulated).WithBody(
			&models.V1SwitchPortToggleRequest{Nic: port, Status: &status}), nil))(t).Payload
		equals(t, "id", toggled.ID, simulated)
	}

	register(t, "gosuite-2", "rack-1")
	migrated := must(switches.MigrateSwitch(switch_operations.NewMigrateSwitchParams().WithBody(
		&models.V1SwitchMigrateRequest{OldSwitchID: to("gosuite-1"), NewSwitchID: to("gosuite-2")}), nil))(t).Payload
	equals(t, "migrated to", migrated.ID, "gosuite-2")
	for _, id := range []string{"gosuite-1", "gosuite-2"} {
		remove := switch_operations.NewDeleteSwitchParams().WithID(id).WithForce(to(false))
		equals(t, "deleted", must(switches.DeleteSwitch(remove, nil))(t).Payload.ID, id)
		_, err = switches.DeleteSwitch(remove, nil)
		refused[*switch_operations.DeleteSwitchDefault](t, err, 404)
	}
	must(admin.Partition().DeletePartition(partition.NewDeletePartitionParams().WithID("gosuite-switches"), nil))(t)
}
