package clients

import (
	"testing"

	"github.com/metal-stack/metal-go/api/client/size"
	"github.com/metal-stack/metal-go/api/client/sizeimageconstraint"
	"github.com/metal-stack/metal-go/api/models"
)

func sizeID(s *models.V1SizeResponse) *string { return s.ID }

func cores(count int64) []*models.V1SizeConstraint {
	return []*models.V1SizeConstraint{{Type: to("cores"), Min: count, Max: count}}
}

func TestSize(t *testing.T) {
	sizes := admin.Size()
	create := size.NewCreateSizeParams().WithBody(&models.V1SizeCreateRequest{
		ID: to("gosuite"), Name: "suite", Constraints: cores(63), Labels: map[string]string{"a": "b"},
	})
	created := must(sizes.CreateSize(create, nil))(t).Payload
	equals(t, "id", created.ID, "gosuite")
	_, err := sizes.CreateSize(create, nil)
	refused[*size.CreateSizeConflict](t, err, 409)

	got := must(sizes.FindSize(size.NewFindSizeParams().WithID("gosuite"), nil))(t).Payload
	equals(t, "constraint", got.Constraints[0].Type, "cores")
	equal(t, "min", got.Constraints[0].Min, 63)
	equal(t, "label", got.Labels["a"], "b")
	_, err = sizes.FindSize(size.NewFindSizeParams().WithID("nosuch"), nil)
	refused[*size.FindSizeDefault](t, err, 404)
	contains(t, must(sizes.ListSizes(size.NewListSizesParams(), nil))(t).Payload, sizeID, "gosuite")

	updated := must(sizes.UpdateSize(size.NewUpdateSizeParams().WithBody(&models.V1SizeUpdateRequest{
		ID: to("gosuite"), Description: "changed", Constraints: cores(62),
	}), nil))(t).Payload
	equal(t, "description", updated.Description, "changed")
	equal(t, "max", updated.Constraints[0].Max, 62)
	suggested := must(sizes.Suggest(size.NewSuggestParams().WithBody(
		&models.V1SizeSuggestRequest{MachineID: to(anyMachine(t))}), nil))(t).Payload
	holds(t, len(suggested) >= 3, "constraints for cores, memory and storage", len(suggested))
	equals(t, "deleted", must(sizes.DeleteSize(size.NewDeleteSizeParams().WithID("gosuite"), nil))(t).Payload.ID, "gosuite")
	_, err = sizes.DeleteSize(size.NewDeleteSizeParams().WithID("gosuite"), nil)
	refused[*size.DeleteSizeDefault](t, err, 404)
}

func TestSizeReservation(t *testing.T) {
	sizes := admin.Size()
	create := size.NewCreateSizeReservationParams().WithBody(&models.V1SizeReservationCreateRequest{
		ID: to("gosuite"), Sizeid: to(here.Lab.Size), Projectid: to(here.Lab.Projects.B),
		Partitionids: []string{here.Lab.Partition}, Amount: to(int32(1)),
	})
	created := must(sizes.CreateSizeReservation(create, nil))(t).Payload
	equals(t, "amount", created.Amount, 1)
	_, err := sizes.CreateSizeReservation(create, nil)
	refused[*size.CreateSizeReservationConflict](t, err, 409)

	got := must(sizes.GetSizeReservation(size.NewGetSizeReservationParams().WithID("gosuite"), nil))(t).Payload
	equal(t, "partition", got.Partitionids[0], here.Lab.Partition)
	_, err = sizes.GetSizeReservation(size.NewGetSizeReservationParams().WithID("nosuch"), nil)
	refused[*size.GetSizeReservationDefault](t, err, 404)

	id := func(r *models.V1SizeReservationResponse) *string { return r.ID }
	contains(t, must(sizes.ListSizeReservations(size.NewListSizeReservationsParams(), nil))(t).Payload, id, "gosuite")
	ofProject := &models.V1SizeReservationListRequest{Projectid: here.Lab.Projects.B}
	one(t, must(sizes.FindSizeReservations(size.NewFindSizeReservationsParams().WithBody(ofProject), nil))(t).Payload, id, "gosuite")
	usage := must(sizes.SizeReservationsUsage(size.NewSizeReservationsUsageParams().WithBody(ofProject), nil))(t).Payload
	equal(t, "lines of usage", len(usage), 1)
	equals(t, "used", usage[0].Usedamount, 0)
	equals(t, "amount", usage[0].Amount, 1)

	updated := must(sizes.UpdateSizeReservation(size.NewUpdateSizeReservationParams().WithBody(
		&models.V1SizeReservationUpdateRequest{ID: to("gosuite"), Amount: to(int32(2)), Partitionids: []string{here.Lab.Partition}},
	), nil))(t).Payload
	equals(t, "amount", updated.Amount, 2)
	remove := size.NewDeleteSizeReservationParams().WithID("gosuite")
	equals(t, "deleted", must(sizes.DeleteSizeReservation(remove, nil))(t).Payload.ID, "gosuite")
	_, err = sizes.DeleteSizeReservation(remove, nil)
	refused[*size.DeleteSizeReservationDefault](t, err, 404)
}

func TestSizeImageConstraint(t *testing.T) {
	constraints := admin.Sizeimageconstraint()
	base := func(version string) *models.V1SizeImageConstraintBase {
		return &models.V1SizeImageConstraintBase{Images: map[string]string{"debian": version}}
	}
	create := sizeimageconstraint.NewCreateSizeImageConstraintParams().WithBody(
		&models.V1SizeImageConstraintCreateRequest{ID: to(here.Lab.Size), Name: "suite", Constraints: base(">= 12.0")})
	created := must(constraints.CreateSizeImageConstraint(create, nil))(t).Payload
	equals(t, "id", created.ID, here.Lab.Size)
	_, err := constraints.CreateSizeImageConstraint(create, nil)
	refused[*sizeimageconstraint.CreateSizeImageConstraintConflict](t, err, 409)

	find := sizeimageconstraint.NewFindSizeImageConstraintParams()
	got := must(constraints.FindSizeImageConstraint(find.WithID(here.Lab.Size), nil))(t).Payload
	equal(t, "constraint", got.Constraints.Images["debian"], ">= 12.0")
	_, err = constraints.FindSizeImageConstraint(find.WithID("nosuch"), nil)
	refused[*sizeimageconstraint.FindSizeImageConstraintDefault](t, err, 404)
	listed := must(constraints.ListSizeImageConstraints(sizeimageconstraint.NewListSizeImageConstraintsParams(), nil))(t).Payload
	contains(t, listed, func(c *models.V1SizeImageConstraintResponse) *string { return c.ID }, here.Lab.Size)

	try := sizeimageconstraint.NewTrySizeImageConstraintParams().WithBody(&models.V1SizeImageConstraintTryRequest{
		Size: to(here.Lab.Size), Image: to(here.Lab.MachineImage)})
	must(constraints.TrySizeImageConstraint(try, nil))(t)
	updated := must(constraints.UpdateSizeImageConstraint(sizeimageconstraint.NewUpdateSizeImageConstraintParams().WithBody(
		&models.V1SizeImageConstraintUpdateRequest{ID: to(here.Lab.Size), Constraints: base(">= 13.0")}), nil))(t).Payload
	equal(t, "constraint", updated.Constraints.Images["debian"], ">= 13.0")
	_, err = constraints.TrySizeImageConstraint(try, nil)
	refused[*sizeimageconstraint.TrySizeImageConstraintDefault](t, err, 422)
	remove := sizeimageconstraint.NewDeleteSizeImageConstraintParams().WithID(here.Lab.Size)
	must(constraints.DeleteSizeImageConstraint(remove, nil))(t)
	_, err = constraints.DeleteSizeImageConstraint(remove, nil)
	refused[*sizeimageconstraint.DeleteSizeImageConstraintDefault](t, err, 404)
}
