package spec

import (
	_ "crypto/sha256" // a digest of an image counts only where its algorithm is linked
	_ "crypto/sha512"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/distribution/reference"
)

// maxMebibytes is how many of them the largest memory has.
const maxMebibytes = 1 << 20

func (v *validator) service(path string, s *Service) {
	v.artifact(path, s)
	v.size(path, s)
	v.lambda(path+".lambda", s.Lambda)
	if t := s.Timeout.Std(); t < time.Second || t > time.Hour || t%time.Second != 0 {
		v.fail(child(path, "timeout"), fmt.Sprintf("must be whole seconds from 1s to 1h, got %s", v.text(path+".timeout", s.Timeout)))
	}
	v.environment(path, s)
	v.path(path+".health.path", s.Health.Path)
	v.http(path+".http", s.HTTP)
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
	if !hasImage && !hasZip && !hasLambdaImage {
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

// logRetentions lists the days for which CloudWatch can keep logs. Source:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
func logRetentions() []int {
	return []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
}

// layerPattern is AWS's for a layer version, of at most maxLayer characters.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_Layer.html
const (
	layerPattern = `^arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:[0-9]{12}:layer:[a-zA-Z0-9_-]+:[0-9]+$`
	maxLayer     = 140
)

var layerARN = regexp.MustCompile(layerPattern)

func (v *validator) lambda(path string, l LambdaOptions) {
	layers := path + ".layers"
	if v.app.Given(layers) && !v.app.Given(path+".zip") {
		v.fail(layers, "only a function with a zip takes layers", "put what the layers hold into the image")
	}
	if days := path + ".logRetentionDays"; !slices.Contains(logRetentions(), l.LogRetentionDays) {
		v.fail(days, fmt.Sprintf("must be a number of days that CloudWatch allows, got %s", bare(strconv.Itoa(l.LogRetentionDays))),
			"CloudWatch allows "+strings.Trim(fmt.Sprint(logRetentions()), "[]"))
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
		if _, err := reference.ParseNormalizedNamed(strings.ToLower(image)); err == nil {
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
		v.fail(path, "must not name the tag latest", "neither target notices a new image behind the same tag; name a version or a digest")
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

func (v *validator) size(path string, s *Service) {
	cpu, memory := path+".cpu", path+".memory"
	switch {
	case !s.CPU.within("1m", "256"):
		v.fail(cpu, fmt.Sprintf("must be 1m to 256 cores, got %s", v.text(cpu, s.CPU)))
	case !s.CPU.whole(milliScale):
		v.fail(cpu, fmt.Sprintf("must be whole thousandths of a core, got %s", v.text(cpu, s.CPU)))
	}
	switch {
	case !s.Memory.whole(unitScale):
		var hints []string
		if milli, ok := strings.CutSuffix(s.Memory.String(), "m"); ok && len(milli) <= 6 {
			hints = append(hints, fmt.Sprintf("m stands for a thousandth: write %sMi", milli))
		}
		v.fail(memory, fmt.Sprintf("must be whole bytes, got %s", v.text(memory, s.Memory)), hints...)
	case !s.Memory.within("4Mi", "1Ti"):
		var hints []string
		if n, err := strconv.Atoi(s.Memory.String()); err == nil && n > 0 && n <= maxMebibytes {
			hints = append(hints, fmt.Sprintf("a number without a unit is bytes: write %dMi", n))
		}
		v.fail(memory, fmt.Sprintf("must be 4Mi to 1Ti, got %s", v.text(memory, s.Memory)), hints...)
	}
}
