package clients

import (
	"testing"

	"github.com/metal-stack/metal-go/api/client/project"
	"github.com/metal-stack/metal-go/api/client/tenant"
	"github.com/metal-stack/metal-go/api/models"
)

func TestTenant(t *testing.T) {
	tenants := admin.Tenant()
	meta := &models.V1Meta{ID: "gosuite", Kind: "Tenant", Apiversion: "v1", Annotations: map[string]string{"a": "b"}}
	create := tenant.NewCreateTenantParams().WithBody(&models.V1TenantCreateRequest{Meta: meta, Name: "suite"})
	created := must(tenants.CreateTenant(create, nil))(t).Payload
	equal(t, "id", created.Meta.ID, "gosuite")
	_, err := tenants.CreateTenant(create, nil)
	refused[*tenant.CreateTenantConflict](t, err, 409)

	got := must(tenants.GetTenant(tenant.NewGetTenantParams().WithID("gosuite"), nil))(t).Payload
	equal(t, "annotation", got.Meta.Annotations["a"], "b")
	_, err = tenants.GetTenant(tenant.NewGetTenantParams().WithID("nosuch"), nil)
	refused[*tenant.GetTenantDefault](t, err, 404)
	holds(t, len(must(tenants.ListTenants(tenant.NewListTenantsParams(), nil))(t).Payload) > 0, "tenants are listed")
	found := must(tenants.FindTenants(tenant.NewFindTenantsParams().WithBody(&models.V1TenantFindRequest{ID: "gosuite"}), nil))(t).Payload
	one(t, found, func(r *models.V1TenantResponse) *string { return &r.Meta.ID }, "gosuite")

	update := func(version int64) (*tenant.UpdateTenantOK, error) {
		changed := *got.Meta
		changed.Version = version
		return tenants.UpdateTenant(tenant.NewUpdateTenantParams().WithBody(
			&models.V1TenantUpdateRequest{Meta: &changed, Name: "suite", Description: "changed"}), nil)
	}
	updated := must(update(got.Meta.Version))(t).Payload
	equal(t, "description", updated.Description, "changed")
	holds(t, updated.Meta.Version > got.Meta.Version, "a new version", updated.Meta.Version)
	_, err = update(got.Meta.Version)
	refused[*tenant.UpdateTenantPreconditionFailed](t, err, 412)

	remove := tenant.NewDeleteTenantParams().WithID("gosuite")
	equal(t, "deleted", must(tenants.DeleteTenant(remove, nil))(t).Payload.Meta.ID, "gosuite")
	_, err = tenants.DeleteTenant(remove, nil)
	refused[*tenant.DeleteTenantDefault](t, err, 404)
}

func TestProject(t *testing.T) {
	projects := admin.Project()
	create := func(id string) (*project.CreateProjectCreated, error) {
		return projects.CreateProject(project.NewCreateProjectParams().WithBody(&models.V1ProjectCreateRequest{
			Meta: &models.V1Meta{ID: id, Kind: "Project", Apiversion: "v1", Labels: []string{"l"}},
			Name: "gosuite", Description: "suite", TenantID: "metal-stack",
			Quotas: &models.V1QuotaSet{Machine: &models.V1Quota{Quota: 3}},
		}), nil)
	}
	created := must(create(""))(t).Payload
	id := created.Meta.ID
	holds(t, id != "", "an id is made")
	equal(t, "quota", created.Quotas.Machine.Quota, 3)
	_, err := create(id)
	refused[*project.CreateProjectConflict](t, err, 409)

	got := must(projects.FindProject(project.NewFindProjectParams().WithID(id), nil))(t).Payload
	equal(t, "tenant", got.TenantID, "metal-stack")
	equal(t, "label", got.Meta.Labels[0], "l")
	_, err = projects.FindProject(project.NewFindProjectParams().WithID("nosuch"), nil)
	refused[*project.FindProjectDefault](t, err, 404)
	metaID := func(p *models.V1ProjectResponse) *string { return &p.Meta.ID }
	contains(t, must(projects.ListProjects(project.NewListProjectsParams(), nil))(t).Payload, metaID, id)
	found := must(projects.FindProjects(project.NewFindProjectsParams().WithBody(&models.V1ProjectFindRequest{Name: "gosuite"}), nil))(t).Payload
	one(t, found, metaID, id)

	update := func(version int64) (*project.UpdateProjectOK, error) {
		changed := *got.Meta
		changed.Version = version
		return projects.UpdateProject(project.NewUpdateProjectParams().WithBody(&models.V1ProjectUpdateRequest{
			Meta: &changed, Name: "gosuite", Description: "changed", TenantID: "metal-stack",
		}), nil)
	}
	updated := must(update(got.Meta.Version))(t).Payload
	equal(t, "description", updated.Description, "changed")
	_, err = update(got.Meta.Version)
	refused[*project.UpdateProjectPreconditionFailed](t, err, 412)

	remove := project.NewDeleteProjectParams().WithID(id)
	equal(t, "deleted", must(projects.DeleteProject(remove, nil))(t).Payload.Meta.ID, id)
	_, err = projects.DeleteProject(remove, nil)
	refused[*project.DeleteProjectDefault](t, err, 404)
}
