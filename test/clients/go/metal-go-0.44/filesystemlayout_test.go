package clients

import (
	"testing"

	fsl "github.com/metal-stack/metal-go/api/client/filesystemlayout"
	"github.com/metal-stack/metal-go/api/models"
)

func TestFilesystemLayout(t *testing.T) {
	layouts := admin.Filesystemlayout()
	disks := []*models.V1Disk{{Device: to("/dev/sda"), Wipeonreinstall: to(false), Partitions: []*models.V1DiskPartition{
		{Number: to(int64(1)), Label: "root", Size: to(int64(5000)), Gpttype: to("8300")},
	}}}
	filesystems := []*models.V1Filesystem{{Path: "/", Device: to("/dev/sda1"), Format: to("ext4"), Label: "root"}}
	constraints := &models.V1FilesystemLayoutConstraints{Sizes: []string{here.Lab.Size}, Images: map[string]string{"gosuite": "*"}}
	create := fsl.NewCreateFilesystemLayoutParams().WithBody(&models.V1FilesystemLayoutCreateRequest{
		ID: to("gosuite"), Constraints: constraints, Disks: disks, Filesystems: filesystems,
	})
	created := must(layouts.CreateFilesystemLayout(create, nil))(t).Payload
	equals(t, "id", created.ID, "gosuite")
	_, err := layouts.CreateFilesystemLayout(create, nil)
	refused[*fsl.CreateFilesystemLayoutConflict](t, err, 409)

	got := must(layouts.GetFilesystemLayout(fsl.NewGetFilesystemLayoutParams().WithID("gosuite"), nil))(t).Payload
	equals(t, "device", got.Disks[0].Device, "/dev/sda")
	equals(t, "partition", got.Disks[0].Partitions[0].Size, 5000)
	equals(t, "filesystem", got.Filesystems[0].Device, "/dev/sda1")
	_, err = layouts.GetFilesystemLayout(fsl.NewGetFilesystemLayoutParams().WithID("nosuch"), nil)
	refused[*fsl.GetFilesystemLayoutDefault](t, err, 404)
	listed := must(layouts.ListFilesystemLayouts(fsl.NewListFilesystemLayoutsParams(), nil))(t).Payload
	contains(t, listed, func(l *models.V1FilesystemLayoutResponse) *string { return l.ID }, "gosuite")

	tried := must(layouts.TryFilesystemLayout(fsl.NewTryFilesystemLayoutParams().WithBody(
		&models.V1FilesystemLayoutTryRequest{Size: to(here.Lab.Size), Image: to(here.Lab.MachineImage)}), nil))(t).Payload
	equals(t, "layout of the lab's image", tried.ID, "default")
	_, err = layouts.TryFilesystemLayout(fsl.NewTryFilesystemLayoutParams().WithBody(
		&models.V1FilesystemLayoutTryRequest{Size: to("nosuch"), Image: to(here.Lab.MachineImage)}), nil)
	refused[*fsl.TryFilesystemLayoutDefault](t, err, 422)
	matched := must(layouts.MatchFilesystemLayout(fsl.NewMatchFilesystemLayoutParams().WithBody(
		&models.V1FilesystemLayoutMatchRequest{Filesystemlayout: to("gosuite"), Machine: to(anyMachine(t))}), nil))(t).Payload
	equals(t, "matched", matched.ID, "gosuite")

	updated := must(layouts.UpdateFilesystemLayout(fsl.NewUpdateFilesystemLayoutParams().WithBody(
		&models.V1FilesystemLayoutUpdateRequest{
			ID: to("gosuite"), Description: "changed", Constraints: constraints, Disks: disks, Filesystems: filesystems,
		}), nil))(t).Payload
	equal(t, "description", updated.Description, "changed")
	remove := fsl.NewDeleteFilesystemLayoutParams().WithID("gosuite")
	equals(t, "deleted", must(layouts.DeleteFilesystemLayout(remove, nil))(t).Payload.ID, "gosuite")
	_, err = layouts.DeleteFilesystemLayout(remove, nil)
	refused[*fsl.DeleteFilesystemLayoutDefault](t, err, 404)
}
