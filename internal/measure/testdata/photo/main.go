// Photo draws app/photo.jpg, a picture that compresses as a photograph does: hills in haze, with
// the grain of a sensor. It is what the example app is measured with.
//
//	go run ./internal/measure/testdata/photo >app/photo.jpg
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
)

const (
	width, height = 1024, 768
	quality       = 80
	ridges        = 6
	grain         = 4.2 // standard deviation of a pixel's brightness, of 255
)

func main() {
	if err := jpeg.Encode(os.Stdout, landscape(), &jpeg.Options{Quality: quality}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// landscape is the same picture every time.
func landscape() image.Image {
	random := rand.New(rand.NewPCG(1, 2))
	var lattice [256][256]float64
	for y := range lattice {
		for x := range lattice[y] {
			lattice[y][x] = random.Float64()
		}
	}
	// noise is smooth between the points of the lattice; rough adds finer ones to it.
	noise := func(x, y float64) float64 {
		left, top := math.Floor(x), math.Floor(y)
		at := func(dx, dy int) float64 { return lattice[(int(top)+dy)&255][(int(left)+dx)&255] }
		ease := func(t float64) float64 { return t * t * (3 - 2*t) }
		u, v := ease(x-left), ease(y-top)
		return (at(0, 0)*(1-u)+at(1, 0)*u)*(1-v) + (at(0, 1)*(1-u)+at(1, 1)*u)*v
	}
	rough := func(x, y float64) (sum float64) {
		for octave := range 6 {
			f := float64(int(1) << octave)
			sum += (noise(x*f, y*f) - .5) / f
		}
		return sum
	}
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			px, py := float64(x)/width, float64(y)/height
			r, g, b := 150+70*py, 180+40*py, 235-20*py // the sky
			cloud := max(0, rough(px*3, py*6+9)) * 120
			r, g, b = r+cloud, g+cloud, b+cloud/2
			for ridge := range ridges {
				far := 1 - float64(ridge)/ridges
				if py < .35+.11*float64(ridge)+.25*rough(px*2.5+float64(ridge)*17, float64(ridge)*5) {
					continue
				}
				leaf := 90 * (1 - far) * rough(px*40, py*60+float64(ridge)*31)
				r, g, b = 40+130*far+leaf, 70+110*far+leaf, 45+150*far+leaf/2
			}
			n := random.NormFloat64() * grain
			picture.SetRGBA(x, y, color.RGBA{level(r + n), level(g + n), level(b + n), 255})
		}
	}
	return picture
}

func level(v float64) uint8 { return uint8(min(max(v, 0), 255)) }
