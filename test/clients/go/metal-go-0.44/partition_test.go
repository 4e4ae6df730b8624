package clients

import (
	"testing"

	"github.com/metal-stack/metal-go/api/client/partition"
	"github.com/metal-stack/metal-go/api/models"
)

func TestPartition(t *testing.T) {
	partitions := admin.Partition()
	boot := &models.V1PartitionBootConfiguration{Imageurl: "http://127.0.0.1/i", Kernelurl: "http://127.0.0.1/k", Commandline: "c"}
	create := partition.NewCreatePartitionParams().WithBody(
		&models.V1PartitionCreateRequest{ID: to("gosuite"), Name: "suite", Bootconfig: boot, Mgmtserviceaddress: "127.0.0.1:1"})
	created := must(partitions.CreatePartition(create, nil))(t).Payload
	equal(t, "boot config", *created.Bootconfig, *boot)
	_, err := partitions.CreatePartition(create, nil)
	refused[*partition.CreatePartitionConflict](t, err, 409)

	got := must(partitions.FindPartition(partition.NewFindPartitionParams().WithID("gosuite"), nil))(t).Payload
	equal(t, "management address", got.Mgmtserviceaddress, "127.0.0.1:1")
	_, err = partitions.FindPartition(partition.NewFindPartitionParams().WithID("nosuch"), nil)
	refused[*partition.FindPartitionDefault](t, err, 404)
	listed := must(partitions.ListPartitions(partition.NewListPartitionsParams(), nil))(t).Payload
	contains(t, listed, func(p *models.V1PartitionResponse) *string { return p.ID }, "gosuite")

	updated := must(partitions.UpdatePartition(partition.NewUpdatePartitionParams().WithBody(&models.V1PartitionUpdateRequest{
		ID: to("gosuite"), Description: "changed", DNSServers: []*models.V1DNSServer{{IP: to("192.0.2.53")}},
	}), nil))(t).Payload
	equal(t, "description", updated.Description, "changed")
	equals(t, "DNS server", updated.DNSServers[0].IP, "192.0.2.53")
	equal(t, "boot config is kept", *updated.Bootconfig, *boot)

	capacity := must(partitions.PartitionCapacity(partition.NewPartitionCapacityParams().WithBody(
		&models.V1PartitionCapacityRequest{ID: here.Lab.Partition, Sizeid: here.Lab.Size}), nil))(t).Payload
	line := one(t, capacity, func(c *models.V1PartitionCapacity) *string { return c.ID }, here.Lab.Partition).Servers[0]
	equals(t, "size", line.Size, here.Lab.Size)
	holds(t, line.Total > 0 && line.Waiting+line.PhonedHome+line.Unavailable+line.Other <= line.Total, "counts", *line)

	remove := partition.NewDeletePartitionParams().WithID("gosuite")
	equals(t, "deleted", must(partitions.DeletePartition(remove, nil))(t).Payload.ID, "gosuite")
	_, err = partitions.DeletePartition(remove, nil)
	refused[*partition.DeletePartitionDefault](t, err, 404)
}
