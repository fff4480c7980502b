package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// maxPlaceholder is the most pixels that a placeholder has on a side.
const maxPlaceholder = 2048

// placeholder draws a PNG image that says its own size, "640 x 480", as large as
// fits. It always draws the same for the same size.
func placeholder(width, height int) ([]byte, error) {
	colors := color.Palette{color.Gray{0xdd}, color.Gray{0x77}}
	picture := image.NewPaletted(image.Rect(0, 0, width, height), colors)

	text := writeText(fmt.Sprintf("%d x %d", width, height), colors)
	size := text.Bounds().Size()
	factor := min(width*3/4/size.X, height*3/4/size.Y) // a whole one keeps the letters' edges sharp
	corner := image.Pt(width, height).Sub(size.Mul(factor)).Div(2)
	for y := range size.Y * factor {
		row := picture.Pix[picture.PixOffset(corner.X, corner.Y+y):]
		for x := range size.X * factor {
			row[x] = text.ColorIndexAt(x/factor, y/factor)
		}
	}
	var file bytes.Buffer
	err := png.Encode(&file, picture)
	return file.Bytes(), err
}

// writeText draws one line in the second of two colors on the first.
func writeText(line string, colors color.Palette) *image.Paletted {
	face := basicfont.Face7x13
	text := image.NewPaletted(image.Rect(0, 0, font.MeasureString(face, line).Ceil(), face.Ascent), colors)
	drawer := font.Drawer{Dst: text, Src: image.NewUniform(colors[1]), Face: face, Dot: fixed.P(0, face.Ascent)}
	drawer.DrawString(line)
	return text
}
