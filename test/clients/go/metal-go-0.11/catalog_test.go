package clients

import (
	"testing"
	"time"

	v1 "github.com/metal-stack/masterdata-api/api/rest/v1"
	metalgo "github.com/metal-stack/metal-go"
	"github.com/metal-stack/metal-go/api/models"
)

func TestImage(t *testing.T) {
	request := metalgo.ImageCreateRequest{ID: "oldsuite-1.0.20250101", Name: "old", URL: "http://127.0.0.1/i", Features: []string{"machine"}}
	equals(t, "id", must(admin.ImageCreate(request))(t).Image.ID, request.ID)
	_, err := admin.ImageCreate(request)
	refused(t, err, 409)
	equal(t, "name", must(admin.ImageGet(request.ID))(t).Image.Name, "old")
	equals(t, "latest", must(admin.ImageGetLatest("oldsuite-1.0"))(t).Image.ID, request.ID)
	_, err = admin.ImageGet("nosuch-1.0.20250101")
	refused(t, err, 404)
	contains(t, must(admin.ImageList())(t).Image, func(i *models.V1ImageResponse) *string { return i.ID }, request.ID)
	request.Description = "changed"
	request.ExpirationDate = to(time.Now().Add(1000 * time.Hour))
	request.Classification = to("deprecated")
	updated := must(admin.ImageUpdate(request))(t).Image
	equal(t, "description", updated.Description, "changed")
	equal(t, "classification", updated.Classification, "deprecated")
	equals(t, "deleted", must(admin.ImageDelete(request.ID))(t).Image.ID, request.ID)
	_, err = admin.ImageDelete(request.ID)
	refused(t, err, 404)
}

func TestSize(t *testing.T) {
	request := metalgo.SizeCreateRequest{ID: "oldsuite", Name: "old", Constraints: []*models.V1SizeConstraint{
		{Type: to("cores"), Min: to(int64(61)), Max: to(int64(61))},
		{Type: to("memory"), Min: to(int64(0)), Max: to(int64(1 << 20))},
		{Type: to("storage"), Min: to(int64(0)), Max: to(int64(1 << 20))},
	}}
	equals(t, "id", must(admin.SizeCreate(request))(t).Size.ID, "oldsuite")
	_, err := admin.SizeCreate(request)
	refused(t, err, 409)
	equals(t, "zero is written out", must(admin.SizeGet("oldsuite"))(t).Size.Constraints[1].Min, 0)
	_, err = admin.SizeGet("nosuch")
	refused(t, err, 404)
	contains(t, must(admin.SizeList())(t).Size, func(s *models.V1SizeResponse) *string { return s.ID }, "oldsuite")
	tried := must(admin.SizeTry(61, 1000, 1000))(t).Logs
	equals(t, "size of the hardware", tried[0].Name, "oldsuite")
	equals(t, "match", tried[0].Match, true)
	equal(t, "no size matches", len(must(admin.SizeTry(60, 1000, 1000))(t).Logs), 0)
	request.Description = "changed"
	equal(t, "description", must(admin.SizeUpdate(request))(t).Size.Description, "changed")
	equals(t, "deleted", must(admin.SizeDelete("oldsuite"))(t).Size.ID, "oldsuite")
	_, err = admin.SizeDelete("oldsuite")
	refused(t, err, 404)
}

func TestPartition(t *testing.T) {
	request := metalgo.PartitionCreateRequest{ID: "oldsuite", Name: "old", Mgmtserviceaddress: "127.0.0.1:1", Privatenetworkprefixlength: 22,
		Bootconfig: metalgo.BootConfig{Imageurl: "http://127.0.0.1/i", Kernelurl: "http://127.0.0.1/k", Commandline: "c"}}
	equals(t, "id", must(admin.PartitionCreate(request))(t).Partition.ID, "oldsuite")
	_, err := admin.PartitionCreate(request)
	refused(t, err, 409)
	equal(t, "kernel", must(admin.PartitionGet("oldsuite"))(t).Partition.Bootconfig.Kernelurl, "http://127.0.0.1/k")
	_, err = admin.PartitionGet("nosuch")
	refused(t, err, 404)
	contains(t, must(admin.PartitionList())(t).Partition, func(p *models.V1PartitionResponse) *string { return p.ID }, "oldsuite")
	request.Description = "changed"
	equal(t, "description", must(admin.PartitionUpdate(request))(t).Partition.Description, "changed")
	capacity := must(admin.PartitionCapacity())(t).Capacity
	line := contains(t, capacity, func(c *models.V1PartitionCapacity) *string { return c.ID }, here.Lab.Partition).Servers[0]
	equals(t, "size", line.Size, here.Lab.Size)
	holds(t, *line.Total > 0, "machines", *line.Total)
	holds(t, line.Faulty != nil && line.Other != nil && line.Free != nil && line.Allocated != nil, "zeros are written out")
	equals(t, "deleted", must(admin.PartitionDelete("oldsuite"))(t).Partition.ID, "oldsuite")
	_, err = admin.PartitionDelete("oldsuite")
	refused(t, err, 404)
}

func TestProject(t *testing.T) {
	create := v1.ProjectCreateRequest{Project: v1.Project{
		Meta: &v1.Meta{Id: "oldsuite", Kind: "Project", Apiversion: "v1"}, Name: "old", TenantId: "metal-stack", Quotas: &v1.QuotaSet{},
	}}
	created := must(admin.ProjectCreate(create))(t).Project
	equal(t, "id", created.Meta.ID, "oldsuite")
	_, err := admin.ProjectCreate(create)
	refused(t, err, 409)
	equal(t, "tenant", must(admin.ProjectGet("oldsuite"))(t).Project.TenantID, "metal-stack")
	_, err = admin.ProjectGet("nosuch")
	refused(t, err, 404)
	id := func(p *models.V1ProjectResponse) *string { return &p.Meta.ID }
	contains(t, must(admin.ProjectList())(t).Project, id, "oldsuite")
	equal(t, "found", len(must(admin.ProjectFind(v1.ProjectFindRequest{Name: to("old")}))(t).Project), 1)
	update := v1.ProjectUpdateRequest{Project: create.Project}
	update.Description = "changed"
	update.Meta.Version = created.Meta.Version
	equal(t, "description", must(admin.ProjectUpdate(update))(t).Project.Description, "changed")
	_, err = admin.ProjectUpdate(update)
	refused(t, err, 412)
	equal(t, "deleted", must(admin.ProjectDelete("oldsuite"))(t).Project.Meta.ID, "oldsuite")
	_, err = admin.ProjectDelete("oldsuite")
	refused(t, err, 404)
}

func TestSwitch(t *testing.T) {
	id := here.Lab.Partition + "-rack-1-leaf-1"
	contains(t, must(admin.SwitchList())(t).Switch, func(s *models.V1SwitchResponse) *string { return s.ID }, id)
	got := must(admin.SwitchGet(id))(t).Switch
	_, err := admin.SwitchGet("nosuch")
	refused(t, err, 404)
	updated := must(admin.SwitchUpdate(metalgo.SwitchUpdateRequest{
		ID: id, Name: got.Name, RackID: *got.RackID, Mode: got.Mode, Description: "changed",
	}))(t).Switch
	equal(t, "description", updated.Description, "changed")
	equal(t, "mode", updated.Mode, "operational")
}
