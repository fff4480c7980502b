package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/gif" // so that image.Decode knows the format
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"net/http"

	"golang.org/x/image/draw"
)

const (
	// maxPixels and maxSide bound the images that are decoded. A file of a few
	// kilobytes can claim any size, so they are checked before decoding.
	maxPixels = 16_000_000
	maxSide   = 8192

	// maxScans bounds how often a progressive JPEG goes over its picture. Cameras
	// and editors do so about ten times; a file can ask for thousands, and say
	// nothing in them.
	maxScans = 100

	// decodeMemory is how many MiB the images that are being worked on may take
	// together.
	decodeMemory = 256

	// memoryLimit is when the garbage collector starts to hurry, in bytes. Left to
	// itself, it would keep the last pictures beside the next ones, and a container
	// of 512 MiB would not hold them.
	memoryLimit = 400 << 20

	jpegQuality = 85
)

// encoded is an image file.
type encoded struct {
	contentType string
	data        []byte
}

// thumbnail scales an image file down to width, upright and in proportion; it
// never enlarges. JPEG stays JPEG; PNG, and the first frame of a GIF, become PNG.
// Nothing of the file's metadata survives. The errors are refusals, or those of ctx.
func thumbnail(ctx context.Context, memory budget, file []byte, width int) (encoded, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(file))
	if errors.Is(err, image.ErrFormat) {
		return encoded{}, refuse(http.StatusUnsupportedMediaType, "the body must be a PNG, JPEG or GIF image")
	}
	if err != nil {
		return encoded{}, refuse(http.StatusUnprocessableEntity, "the image is damaged: %v", err)
	}
	if config.Width < 1 || config.Height < 1 {
		return encoded{}, refuse(http.StatusUnprocessableEntity, "the image is empty: %d x %d pixels", config.Width, config.Height)
	}
	if config.Width > maxSide || config.Height > maxSide || config.Width*config.Height > maxPixels {
		return encoded{}, refuse(http.StatusUnprocessableEntity, "the image has %d x %d pixels, more than %d in all or %d on a side", config.Width, config.Height, maxPixels, maxSide)
	}
	turn := upright
	if format == "jpeg" {
		if scans := bytes.Count(file, []byte{0xff, startOfScan}); scans > maxScans {
			return encoded{}, refuse(http.StatusUnprocessableEntity, "the image has %d scans, more than %d", scans, maxScans)
		}
		turn = readOrientation(file)
	}
	from := image.Pt(config.Width, config.Height)
	to := turn.apply(fit(turn.apply(from), width)) // turning comes after scaling, when there is less to turn

	done, err := memory.take(ctx, cost(from, to))
	if err != nil {
		return encoded{}, err
	}
	defer done()
	original, _, err := image.Decode(contextReader{ctx, bytes.NewReader(file)})
	if ctx.Err() != nil {
		return encoded{}, ctx.Err()
	}
	if err != nil {
		return encoded{}, refuse(http.StatusUnprocessableEntity, "the image is damaged: %v", err)
	}
	small := turn.turn(scale(onCanvas(original, from), to))
	if ctx.Err() != nil {
		return encoded{}, ctx.Err()
	}
	return encode(small, format)
}

// fit returns the size, at most width wide, of an image in proportion to size.
func fit(size image.Point, width int) image.Point {
	if size.X <= width {
		return size
	}
	height := math.Round(float64(size.Y) * float64(width) / float64(size.X))
	return image.Pt(width, max(1, int(height)))
}

// cost returns how many MiB it takes at most to scale an image. The largest parts
// are a progressive JPEG's coefficients, 12 bytes a pixel beside the 3 of the
// picture (a PNG's pixel has 8 at most), and then the scaler's intermediate
// picture, 32 bytes a pixel, already as narrow as the thumbnail, but still as high
// as the original.
func cost(from, to image.Point) int {
	pixels := from.X * from.Y
	decoding := 16 * pixels
	scaling := 8*pixels + 32*to.X*from.Y
	return max(decoding, scaling)>>20 + 1
}

// scale returns a picture of the given size. Catmull-Rom is sharp, and takes every
// pixel of the original into account when it shrinks.
func scale(original image.Image, size image.Point) *image.RGBA {
	small := image.NewRGBA(image.Rectangle{Max: size})
	if original.Bounds().Size() == size {
		draw.Draw(small, small.Bounds(), original, original.Bounds().Min, draw.Src)
	} else {
		draw.CatmullRom.Scale(small, small.Bounds(), original, original.Bounds(), draw.Src, nil)
	}
	return small
}

// onCanvas gives the first frame of a GIF, which may be smaller than the picture
// and lie anywhere in it, the picture's own size.
func onCanvas(frame image.Image, size image.Point) image.Image {
	canvas := image.Rectangle{Max: size}
	if frame.Bounds() == canvas {
		return frame
	}
	whole := image.NewRGBA(canvas)
	draw.Draw(whole, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return whole
}

// encode writes a JPEG when the original was one, otherwise a PNG.
func encode(picture *image.RGBA, format string) (encoded, error) {
	var file bytes.Buffer
	if format == "jpeg" {
		err := jpeg.Encode(&file, picture, &jpeg.Options{Quality: jpegQuality})
		return encoded{"image/jpeg", file.Bytes()}, err
	}
	err := png.Encode(&file, picture)
	return encoded{"image/png", file.Bytes()}, err
}

// contextReader fails once its context is done, which stops a decoder in the middle
// of a picture. It hands out little at a time: the decoders' own 4 KB can be a
// second's work.
type contextReader struct {
	ctx    context.Context
	reader io.Reader
}

func (r contextReader) Read(buffer []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.reader.Read(buffer[:min(len(buffer), 64)])
}
