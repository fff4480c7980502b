package spec

import (
	_ "crypto/sha256" // a digest of an image counts only where its algorithm is linked
	_ "crypto/sha512"
	"io/fs"
	"strings"
	"unicode"

	"github.com/distribution/reference"

	"ambi/internal/lazyregexp"
)

func (v *validator) service(path string, s *Service) {
	v.artifact(path, s)
	v.lambda(path+".lambda", s.Lambda)
	v.command(path, s)
	v.environment(path, s)
	v.path(path+".health.path", s.Health.Path)
	if v.app.Given(path + ".http") {
		v.http(path+".http", s.HTTP)
	}
	v.permissions(path+".permissions", s.Permissions)
	v.scale(path+".scale", s.Scale)
	v.kubernetes(path, s)
}

// artifact checks what the service runs: an image, a zip, or one for each
// target.
func (v *validator) artifact(path string, s *Service) {
	l := s.Lambda
	zip := path + ".lambda.zip"
	hasImage, hasZip := v.app.Given(path+".image"), v.app.Given(zip)
	hasLambdaImage := v.app.Given(path + ".lambda.image")
	if !hasImage && !v.app.Given("image") && !hasZip && !hasLambdaImage {
		if v.sound(path+".lambda") && v.sound(path+".image") {
			v.note(v.at(path), path, "has nothing to run: image is missing", "name a container image, or a zip for Lambda under lambda.zip")
		}
		return
	}
	if hasImage {
		v.image(path+".image", s.Image)
	}
	if hasLambdaImage {
		v.image(path+".lambda.image", l.Image)
	}
	if hasZip && hasLambdaImage {
		v.fail(zip, "a function has either an image or a zip", "remove lambda.zip or lambda.image")
	}
	if hasZip {
		v.zip(zip, l.Zip)
	}
}

// layerPattern is AWS's for a layer version, of at most maxLayer characters.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Layer.html
const (
	layerPattern = `^arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:[0-9]{12}:layer:[a-zA-Z0-9_-]+:[0-9]+$`
	maxLayer     = 140
)

var layerARN = lazyregexp.New(layerPattern)

func (v *validator) lambda(path string, l LambdaOptions) {
	layers := path + ".layers"
	if v.app.Given(layers) && !v.app.Given(path+".zip") {
		v.fail(layers, "only a function with a zip can have layers", "put the contents of the layers into the image")
	}
	for i, arn := range l.Layers {
		if len(arn) > maxLayer || !layerARN.MatchString(arn) {
			v.fail(item(layers, i), "must be the ARN of a layer's version, got "+quote(arn),
				"such as arn:aws:lambda:us-east-1:123456789012:layer:name:1")
		}
	}
}

func (v *validator) image(path, image string) {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		hint := "such as ghcr.io/example/thumbs:1.4.2"
		if variable.MatchString(image) {
			hint = templateHint
		} else if _, err := reference.ParseNormalizedNamed(strings.ToLower(image)); err == nil {
			hint = "repository names are lower case"
		}
		v.fail(path, "must be an image reference, got "+quote(image), hint)
		return
	}
	if _, digested := named.(reference.Digested); digested {
		return
	}
	switch tagged, ok := named.(reference.Tagged); {
	case !ok:
		v.fail(path, "must name a tag or a digest, got "+quote(image), "such as "+image+":1.0.0")
	case tagged.Tag() == "latest":
		v.fail(path, "must not name the tag latest", "neither target notices a new image with the same tag; use a version or a digest")
	}
}

func (v *validator) zip(path, zip string) {
	switch {
	case strings.ContainsFunc(zip, func(r rune) bool { return !unicode.IsPrint(r) || r == '\\' || r == ':' }),
		!fs.ValidPath(zip):
		v.fail(path, "must be a path within the project, relative to its root, with forward slashes, got "+quote(zip))
	case !strings.HasSuffix(zip, ".zip") || strings.HasSuffix(zip, "/.zip") || zip == ".zip":
		v.fail(path, "must name a .zip file, got "+quote(zip))
	}
}
