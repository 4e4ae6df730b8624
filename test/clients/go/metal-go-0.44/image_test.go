package clients

import (
	"testing"
	"time"

	"github.com/go-openapi/strfmt"

	"github.com/metal-stack/metal-go/api/client/image"
	"github.com/metal-stack/metal-go/api/models"
)

func imageID(i *models.V1ImageResponse) *string { return i.ID }

func TestImage(t *testing.T) {
	images := admin.Image()
	const older, newer = "gosuite-1.0.20250101", "gosuite-1.0.20250202"
	create := func(id string) error {
		_, err := images.CreateImage(image.NewCreateImageParams().WithBody(&models.V1ImageCreateRequest{
			ID: to(id), URL: to("http://127.0.0.1/" + id), Name: id, Features: []string{"machine"},
		}), nil)
		return err
	}
	for _, id := range []string{older, newer} {
		must(id, create(id))(t)
	}
	refused[*image.CreateImageConflict](t, create(older), 409)

	got := must(images.FindImage(image.NewFindImageParams().WithID(older), nil))(t).Payload
	equals(t, "id", got.ID, older)
	equal(t, "name", got.Name, older)
	equal(t, "url", got.URL, "http://127.0.0.1/"+older)
	equal(t, "features", got.Features[0], "machine")
	holds(t, time.Until(time.Time(*got.ExpirationDate)) > 24*time.Hour, "an expiration date by default", got.ExpirationDate)
	_, err := images.FindImage(image.NewFindImageParams().WithID("nosuch-1.0.20250101"), nil)
	refused[*image.FindImageDefault](t, err, 404)

	latest := must(images.FindLatestImage(image.NewFindLatestImageParams().WithID("gosuite-1.0"), nil))(t).Payload
	equals(t, "latest", latest.ID, newer)
	queried := must(images.QueryImagesByID(image.NewQueryImagesByIDParams().WithID("gosuite-1.0"), nil))(t).Payload
	equal(t, "images of the short id", len(queried), 2)
	contains(t, queried, imageID, older)
	listed := must(images.ListImages(image.NewListImagesParams().WithShowUsage(to(true)), nil))(t).Payload
	contains(t, listed, imageID, newer)
	found := must(images.FindImages(image.NewFindImagesParams().WithBody(&models.V1ImageFindRequest{ID: older}), nil))(t).Payload
	one(t, found, imageID, older)

	expires := strfmt.DateTime(time.Now().Add(1000 * time.Hour).UTC().Truncate(time.Second))
	updated := must(images.UpdateImage(image.NewUpdateImageParams().WithBody(&models.V1ImageUpdateRequest{
		ID: to(older), Description: "changed", Classification: "deprecated", ExpirationDate: &expires,
	}), nil))(t).Payload
	equal(t, "description", updated.Description, "changed")
	equal(t, "classification", updated.Classification, "deprecated")
	holds(t, time.Time(*updated.ExpirationDate).Equal(time.Time(expires)), "expiration as sent", updated.ExpirationDate)

	_, err = viewer.Image().DeleteImage(image.NewDeleteImageParams().WithID(older), nil)
	refused[*image.DeleteImageDefault](t, err, 403)
	for _, id := range []string{older, newer} {
		deleted := must(images.DeleteImage(image.NewDeleteImageParams().WithID(id), nil))(t).Payload
		equals(t, "deleted", deleted.ID, id)
	}
	_, err = images.DeleteImage(image.NewDeleteImageParams().WithID(older), nil)
	refused[*image.DeleteImageDefault](t, err, 404)
}
