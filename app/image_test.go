package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"math"
	"testing"
)

// makeThumbnail is thumbnail with all the memory and time there is.
func makeThumbnail(t testing.TB, file []byte, width int) image.Image {
	t.Helper()
	small, err := thumbnail(t.Context(), newBudget(decodeMemory), file, width)
	if err != nil {
		t.Fatal(err)
	}
	picture, _, err := image.Decode(bytes.NewReader(small.data))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// near says whether two colors look alike.
func near(a, b color.Color) bool {
	r1, g1, b1, a1 := a.RGBA()
	r2, g2, b2, a2 := b.RGBA()
	for _, pair := range [][2]uint32{{r1, r2}, {g1, g2}, {b1, b2}, {a1, a2}} {
		if math.Abs(float64(pair[0])-float64(pair[1])) > 0x0c00 {
			return false
		}
	}
	return true
}

// A thumbnail shows what the original shows, in each kind of file.
func TestThumbnailShowsTheOriginal(t *testing.T) {
	original := gradient(400, 200)
	grey := image.NewGray(original.Rect)
	deep := image.NewNRGBA64(original.Rect)
	draw.Draw(grey, grey.Rect, original, image.Point{}, draw.Src)
	draw.Draw(deep, deep.Rect, original, image.Point{}, draw.Src)
	for _, test := range []struct {
		name string
		file []byte
		like image.Image
	}{
		{"png", pngOf(t, original), original},
		{"png, 16 bits", pngOf(t, deep), original},
		{"png, grey", pngOf(t, grey), grey},
		{"jpeg", jpegOf(t, original), original},
		{"jpeg, grey", jpegOf(t, grey), grey},
	} {
		t.Run(test.name, func(t *testing.T) {
			small := makeThumbnail(t, test.file, 100)
			if size := small.Bounds().Size(); size != image.Pt(100, 50) {
				t.Fatalf("size %v, want 100 x 50", size)
			}
			for y := 2; y < 48; y++ { // edges are the filter's business
				for x := 2; x < 98; x++ {
					if got, want := small.At(x, y), test.like.At(4*x+2, 4*y+2); !near(got, want) {
						t.Fatalf("pixel %d, %d is %v, want %v", x, y, got, want)
					}
				}
			}
		})
	}
}

// Shrinking takes every pixel into account: stripes become their mean, not some of
// themselves.
func TestThumbnailAverages(t *testing.T) {
	stripes := image.NewGray(image.Rect(0, 0, 800, 100))
	for i := range stripes.Pix {
		stripes.Pix[i] = uint8(255 * (i % 2))
	}
	small := makeThumbnail(t, pngOf(t, stripes), 100)
	for x := 2; x < 98; x++ {
		if got := small.At(x, 6); !near(got, color.Gray{127}) {
			t.Fatalf("pixel %d is %v, want the stripes' mean", x, got)
		}
	}
}

func TestThumbnailKeepsTransparency(t *testing.T) {
	half := image.NewNRGBA(image.Rect(0, 0, 400, 400))
	draw.Draw(half, image.Rect(0, 0, 200, 400), image.NewUniform(color.NRGBA{255, 0, 0, 128}), image.Point{}, draw.Src)
	small := makeThumbnail(t, pngOf(t, half), 40)
	if got := small.At(10, 20); !near(got, color.NRGBA{255, 0, 0, 128}) {
		t.Errorf("left: %v, want half transparent red", got)
	}
	if got := small.At(30, 20); !near(got, color.NRGBA{}) {
		t.Errorf("right: %v, want nothing", got)
	}
}

// The first frame of a GIF need not fill the picture.
func TestThumbnailOfGIF(t *testing.T) {
	colors := color.Palette{color.White, color.RGBA{0, 0, 255, 255}}
	corner := image.NewPaletted(image.Rect(100, 100, 200, 200), colors)
	for i := range corner.Pix {
		corner.Pix[i] = 1
	}
	other := image.NewPaletted(image.Rect(0, 0, 200, 200), colors)
	var file bytes.Buffer
	err := gif.EncodeAll(&file, &gif.GIF{
		Image: []*image.Paletted{corner, other}, Delay: []int{0, 0},
		Config: image.Config{ColorModel: colors, Width: 200, Height: 200},
	})
	if err != nil {
		t.Fatal(err)
	}
	small := makeThumbnail(t, file.Bytes(), 100)
	if got := small.Bounds().Size(); got != image.Pt(100, 100) {
		t.Fatalf("size %v, want 100 x 100", got)
	}
	if got := small.At(75, 75); !near(got, colors[1]) {
		t.Errorf("in the frame: %v, want blue", got)
	}
	if got := small.At(25, 25); !near(got, color.Transparent) {
		t.Errorf("beside the frame: %v, want nothing", got)
	}
}

// Whichever way the camera was held, the thumbnail shows the same picture.
func TestThumbnailIsUpright(t *testing.T) {
	upright := image.NewRGBA(image.Rect(0, 0, 160, 80))
	corners := []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}}
	for i, corner := range corners { // top left, top right, bottom left, bottom right
		rectangle := image.Rect(0, 0, 80, 40).Add(image.Pt(80*(i%2), 40*(i/2)))
		draw.Draw(upright, rectangle, image.NewUniform(corner), image.Point{}, draw.Src)
	}
	// Where the photographer saw the pixel in a stored column x and row y. The
	// standard says which sides of the scene the first row and first column are.
	stored := map[orientation]func(x, y int) (int, int){
		1: func(x, y int) (int, int) { return x, y },            // top, left
		2: func(x, y int) (int, int) { return 159 - x, y },      // top, right
		3: func(x, y int) (int, int) { return 159 - x, 79 - y }, // bottom, right
		4: func(x, y int) (int, int) { return x, 79 - y },       // bottom, left
		5: func(x, y int) (int, int) { return y, x },            // left, top
		6: func(x, y int) (int, int) { return 159 - y, x },      // right, top
		7: func(x, y int) (int, int) { return 159 - y, 79 - x }, // right, bottom
		8: func(x, y int) (int, int) { return y, 79 - x },       // left, bottom
	}
	for value, seen := range stored {
		t.Run(fmt.Sprint(value), func(t *testing.T) {
			size := image.Pt(160, 80)
			if value >= 5 {
				size = image.Pt(80, 160)
			}
			picture := image.NewRGBA(image.Rectangle{Max: size})
			for y := range size.Y {
				for x := range size.X {
					picture.Set(x, y, upright.At(seen(x, y)))
				}
			}
			file := withOrientation(jpegOf(t, picture), value)
			small := makeThumbnail(t, file, 80)
			if got := small.Bounds().Size(); got != image.Pt(80, 40) {
				t.Fatalf("size %v, want 80 x 40", got)
			}
			for i, want := range corners {
				if got := small.At(20+40*(i%2), 10+20*(i/2)); !near(got, want) {
					t.Errorf("corner %d: %v, want %v", i, got, want)
				}
			}
		})
	}
}

func TestReadOrientationOfDamagedFiles(t *testing.T) {
	whole := withOrientation(jpegOf(t, gradient(8, 8)), 6)
	if got := readOrientation(whole); got != 6 {
		t.Fatalf("got %d, want 6", got)
	}
	const exifEnd = 2 + 36
	for length := range exifEnd {
		if got := readOrientation(whole[:length]); got != upright {
			t.Errorf("first %d bytes: got %d, want upright", length, got)
		}
	}
	for _, value := range []orientation{0, 9, 127} {
		if got := readOrientation(withOrientation(whole, value)); got != upright {
			t.Errorf("value %d: got %d, want upright", value, got)
		}
	}
	little := []byte("\xff\xd8\xff\xff\xff\xe1\x00\x22Exif\x00\x00II\x2a\x00\x08\x00\x00\x00" +
		"\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\xff\xda")
	if got := readOrientation(little); got != 8 {
		t.Errorf("little endian, padded: got %d, want 8", got)
	}
}

func TestFit(t *testing.T) {
	for _, test := range []struct {
		size  image.Point
		width int
		want  image.Point
	}{
		{image.Pt(600, 400), 300, image.Pt(300, 200)},
		{image.Pt(600, 400), 600, image.Pt(600, 400)},
		{image.Pt(600, 400), 1024, image.Pt(600, 400)},
		{image.Pt(3, 2), 2, image.Pt(2, 1)},
		{image.Pt(8192, 1), 1, image.Pt(1, 1)},
		{image.Pt(1, 8192), 1, image.Pt(1, 8192)},
	} {
		if got := fit(test.size, test.width); got != test.want {
			t.Errorf("%v at width %d: got %v, want %v", test.size, test.width, got, test.want)
		}
	}
}

// impatient is a context that is canceled after Err has been asked so many times.
type impatient struct {
	context.Context
	left int
}

func (c *impatient) Err() error {
	c.left--
	if c.left < 0 {
		return context.Canceled
	}
	return nil
}

// A decoder stops in the middle of a picture, and nothing follows.
func TestThumbnailStops(t *testing.T) {
	file := progressive(64, 64, maxScans)
	if _, err := thumbnail(t.Context(), newBudget(decodeMemory), file, 100); err != nil {
		t.Fatal(err)
	}
	for _, patience := range []int{0, 1, 10, 20} {
		ctx := &impatient{t.Context(), patience}
		memory := newBudget(decodeMemory)
		_, err := thumbnail(ctx, memory, file, 100)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %d: got %v, want %v", patience, err, context.Canceled)
		}
		if ctx.left < -5 {
			t.Errorf("after %d: went on for %d steps", patience, -ctx.left)
		}
		if taken := len(memory.taken); taken != 0 {
			t.Errorf("after %d: %d MiB were not given back", patience, taken)
		}
	}
}

// The most expensive pictures that are let in fit the budget, or get it all.
func TestCost(t *testing.T) {
	photo, portrait := image.Pt(4000, 3000), image.Pt(3000, 4000)
	for _, size := range []image.Point{photo, portrait} {
		if got := cost(size, fit(size, maxWidth)); got > decodeMemory {
			t.Errorf("%v costs %d MiB, want at most %d", size, got, decodeMemory)
		}
	}
	if got := cost(image.Pt(100, 100), image.Pt(10, 10)); got != 1 {
		t.Errorf("a small picture costs %d MiB, want 1", got)
	}
}

func FuzzThumbnail(f *testing.F) {
	f.Add(pngOf(f, gradient(30, 20)), 10)
	f.Add(gifOf(f, gradient(30, 20)), 10)
	f.Add(withOrientation(jpegOf(f, gradient(30, 20)), 7), 10)
	f.Add(progressive(16, 16, 2), 3)
	f.Fuzz(func(t *testing.T, file []byte, width int) {
		config, _, _ := image.DecodeConfig(bytes.NewReader(file))
		if width < 1 || width > maxWidth || config.Width*config.Height > 1_000_000 {
			t.Skip("slow, and no different")
		}
		small, err := thumbnail(t.Context(), newBudget(decodeMemory), file, width)
		if err != nil {
			if _, ok := errors.AsType[*refusal](err); !ok {
				t.Errorf("got %v, want a refusal", err)
			}
			return
		}
		got, _, err := image.DecodeConfig(bytes.NewReader(small.data))
		if err != nil {
			t.Fatal(err)
		}
		if got.Width > width || got.Width < 1 || got.Height < 1 {
			t.Errorf("%d x %d pixels, want at most %d wide", got.Width, got.Height, width)
		}
	})
}

func BenchmarkThumbnail(b *testing.B) {
	photo := gradient(4000, 3000)
	var baseline bytes.Buffer
	if err := jpeg.Encode(&baseline, photo, nil); err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name string
		file []byte
	}{
		{"jpeg-12MP", baseline.Bytes()},
		{"jpeg-1MP", jpegOf(b, gradient(1200, 900))},
		{"png-1MP", pngOf(b, gradient(1200, 900))},
		{"gif-1MP", gifOf(b, gradient(1200, 900))},
	} {
		b.Run(bench.name, func(b *testing.B) {
			memory := newBudget(decodeMemory)
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.file)))
			for b.Loop() {
				if _, err := thumbnail(b.Context(), memory, bench.file, defaultWidth); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
