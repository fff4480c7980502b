package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"
)

// gradient is a picture in which every corner has a color of its own.
func gradient(width, height int) *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.SetNRGBA(x, y, color.NRGBA{uint8(255 * x / width), uint8(255 * y / height), 100, 255})
		}
	}
	return picture
}

// blank is a large picture in a small file.
func blank(width, height int) image.Image {
	return image.NewGray(image.Rect(0, 0, width, height))
}

// confetti is a picture of 256 colors that hardly compresses, and grows as soon as
// its palette is lost.
func confetti(width, height int) image.Image {
	random := rand.New(rand.NewPCG(1, 2))
	colors := make(color.Palette, 256)
	for i := range colors {
		colors[i] = color.RGBA{uint8(random.Uint32()), uint8(random.Uint32()), uint8(random.Uint32()), 255}
	}
	picture := image.NewPaletted(image.Rect(0, 0, width, height), colors)
	for i := range picture.Pix {
		picture.Pix[i] = uint8(random.Uint32())
	}
	return picture
}

func pngOf(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&file, picture); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func jpegOf(t testing.TB, picture image.Image) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := jpeg.Encode(&file, picture, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func gifOf(t testing.TB, picture image.Image) []byte {
	t.Helper()
	paletted := image.NewPaletted(picture.Bounds(), palette.Plan9)
	draw.Draw(paletted, paletted.Rect, picture, image.Point{}, draw.Src)
	var file bytes.Buffer
	if err := gif.Encode(&file, paletted, nil); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// padded appends zeros, which the decoders ignore.
func padded(file []byte, length int) []byte {
	return append(bytes.Clone(file), make([]byte, length-len(file))...)
}

// damaged changes a byte in the middle, where a PNG's pixels are.
func damaged(file []byte) []byte {
	file = bytes.Clone(file)
	file[len(file)/2] ^= 0xff
	return file
}

// claiming is a PNG file of a few bytes whose header claims a size.
func claiming(t testing.TB, width, height uint32) []byte {
	file := pngOf(t, gradient(1, 1))
	const header = 8 + 4 // behind the signature and the length of the first chunk
	binary.BigEndian.PutUint32(file[header+4:], width)
	binary.BigEndian.PutUint32(file[header+8:], height)
	binary.BigEndian.PutUint32(file[header+17:], crc32.ChecksumIEEE(file[header:header+17]))
	return file
}

// withOrientation puts an EXIF tag into a JPEG file.
func withOrientation(file []byte, value orientation) []byte {
	exif := "\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08" + // marker, length, TIFF header
		"\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01" + "\x00" + string(rune(value)) + "\x00\x00\x00\x00\x00\x00" // one entry, no more directories
	return append([]byte("\xff\xd8"+exif), file[2:]...)
}

// progressive is a grey JPEG file that goes over its picture so many times, each
// time in about 40 bytes that say "nothing here".
func progressive(width, height uint16, scans int) []byte {
	file := []byte{0xff, 0xd8}
	file = append(file, 0xff, 0xc2, 0, 11, 8) // progressive frame of one component
	file = binary.BigEndian.AppendUint16(file, height)
	file = binary.BigEndian.AppendUint16(file, width)
	file = append(file, 1, 1, 0x11, 0)
	quantization := append([]byte{0xff, 0xdb, 0, 67, 0}, bytes.Repeat([]byte{1}, 64)...)
	file = append(file, quantization...)
	table := append([]byte{0xff, 0xc4, 0, 20, 0x10, 1}, make([]byte, 15)...) // one AC code, of one bit:
	file = append(file, append(table, 0xe0)...)                              // the next 2^14 blocks, or up to twice as many, are empty
	const bitsARun, blocksARun = 1 + 14, 1 << 14
	blocks := ((int(width) + 7) / 8) * ((int(height) + 7) / 8)
	runs := (blocks + blocksARun - 1) / blocksARun
	for range scans {
		file = append(file, 0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0)
		file = append(file, make([]byte, (runs*bitsARun+7)/8)...)
	}
	return append(file, 0xff, 0xd9)
}
