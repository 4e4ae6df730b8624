package clients

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-openapi/runtime"
	"github.com/go-openapi/strfmt"

	metalgo "github.com/metal-stack/metal-go"
	"github.com/metal-stack/metal-go/api/client/audit"
	"github.com/metal-stack/metal-go/api/client/firmware"
	"github.com/metal-stack/metal-go/api/client/health"
	"github.com/metal-stack/metal-go/api/client/machine"
	"github.com/metal-stack/metal-go/api/client/partition"
	"github.com/metal-stack/metal-go/api/client/user"
	"github.com/metal-stack/metal-go/api/client/version"
	"github.com/metal-stack/metal-go/api/client/vpn"
	"github.com/metal-stack/metal-go/api/models"
)

func TestHealth(t *testing.T) {
	got := must(admin.Health().Health(health.NewHealthParams(), nil))(t).Payload
	equals(t, "status", got.Status, "healthy")
	equals(t, "status of a part", got.Services["rethinkdb"].Status, "healthy")
	one := must(admin.Health().Health(health.NewHealthParams().WithService(to("ipam")), nil))(t).Payload
	equal(t, "parts", len(one.Services), 1)
}

func TestVersion(t *testing.T) {
	got := must(admin.Version().Info(version.NewInfoParams(), nil))(t).Payload
	equals(t, "name", got.Name, "metal-api")
	holds(t, strings.HasPrefix(*got.MinClientVersion, "v"), "a semantic version", *got.MinClientVersion)
}

func TestUser(t *testing.T) {
	me := must(bearer.User().GetMe(user.NewGetMeParams(), nil))(t).Payload
	equals(t, "name", me.Name, "clients")
	holds(t, slices.Contains(me.Groups, "maas-all-all-admin"), "group of administrators", me.Groups)
	signed := must(viewer.User().GetMe(user.NewGetMeParams(), nil))(t).Payload
	equals(t, "e-mail", signed.EMail, "metal-view@metal-stack.io")
}

func TestAudit(t *testing.T) {
	must(admin.Partition().FindPartition(partition.NewFindPartitionParams().WithID(here.Lab.Partition), nil))(t)
	_, err := viewer.Partition().CreatePartition(partition.NewCreatePartitionParams().WithBody(
		&models.V1PartitionCreateRequest{ID: to("audited"), Bootconfig: &models.V1PartitionBootConfiguration{}}), nil)
	refused[*partition.CreatePartitionDefault](t, err, 403)
	eventually(t, "the refused request is in the audit trail", func() bool {
		traces := must(admin.Audit().FindAuditTraces(audit.NewFindAuditTracesParams().WithBody(&models.V1AuditFindRequest{
			From: strfmt.DateTime(time.Now().Add(-time.Hour)), Path: "/v1/partition", StatusCode: 403, Limit: 10,
		}), nil))(t).Payload
		return len(traces) > 0 && traces[0].Rqid != "" && traces[0].StatusCode == 403
	})
	guest := must(metalgo.NewClient(here.URL))(t)
	_, err = guest.Audit().FindAuditTraces(audit.NewFindAuditTracesParams().WithBody(&models.V1AuditFindRequest{}), nil)
	refused[*audit.FindAuditTracesDefault](t, err, 403)
}

func TestVPN(t *testing.T) {
	ask := vpn.NewGetVPNAuthKeyParams().WithBody(&models.V1VPNRequest{
		Pid: to(here.Lab.Projects.A), Ephemeral: to(true), Reason: to("suite")})
	key := must(admin.VPN().GetVPNAuthKey(ask, nil))(t).Payload
	holds(t, *key.Address != "" && *key.AuthKey != "", "address and key", *key.Address)
	_, err := viewer.VPN().GetVPNAuthKey(ask, nil)
	refused[*vpn.GetVPNAuthKeyDefault](t, err, 403)
}

func TestFirmware(t *testing.T) {
	if !here.Firmware {
		t.Skip("NOT TESTED: this machine has no S3 server")
	}
	firmwares := admin.Firmware()
	id := anyMachine(t)
	upload := firmware.NewUploadFirmwareParams().WithKind("bios").WithVendor("simulated").WithBoard("S1").WithRevision("r1").
		WithFile(runtime.NamedReader("r1", io.NopCloser(strings.NewReader("firmware"))))
	must(firmwares.UploadFirmware(upload, nil))(t)
	listed := must(firmwares.ListFirmwares(firmware.NewListFirmwaresParams().WithKind(to("bios")), nil))(t).Payload
	equal(t, "revision", listed.Revisions["bios"].VendorRevisions["simulated"].BoardRevisions["S1"][0], "r1")

	update := func(revision string) (*machine.UpdateFirmwareOK, error) {
		return admin.Machine().UpdateFirmware(machine.NewUpdateFirmwareParams().WithID(id).WithBody(
			&models.V1MachineUpdateFirmwareRequest{Kind: to("bios"), Revision: &revision, Description: to("suite")}), nil)
	}
	equals(t, "id", must(update("r1"))(t).Payload.ID, id)
	_, err := update("nosuch")
	refused[*machine.UpdateFirmwareDefault](t, err, 422)
	remove := firmware.NewRemoveFirmwareParams().WithKind("bios").WithVendor("simulated").WithBoard("S1").WithRevision("r1")
	must(firmwares.RemoveFirmware(remove, nil))(t)
	_, err = viewer.Firmware().RemoveFirmware(remove, nil)
	refused[*firmware.RemoveFirmwareDefault](t, err, 403)
}
