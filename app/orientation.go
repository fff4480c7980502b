package main

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation says how a camera was held: the value of the EXIF tag Orientation,
// 1 (upright) to 8. Cameras store the picture as their sensor saw it, so ignoring
// the tag shows portraits lying on their side.
// CIPA DC-008 (Exif 2.32), section 4.6.4, tag 0x0112.
type orientation uint16

const upright orientation = 1

// The second bytes of JPEG markers.
const (
	startOfScan = 0xda // the picture itself, or one more pass over it
	app1        = 0xe1 // metadata: EXIF, among others
)

// apply returns a picture's size after turning it, which is also its size before.
func (o orientation) apply(size image.Point) image.Point {
	if o >= 5 {
		return image.Pt(size.Y, size.X)
	}
	return size
}

// turn returns the picture as the photographer saw it.
func (o orientation) turn(picture *image.RGBA) *image.RGBA {
	if o == upright {
		return picture
	}
	last := picture.Bounds().Max.Sub(image.Pt(1, 1))
	turned := image.NewRGBA(image.Rectangle{Max: o.apply(picture.Bounds().Size())})
	for y := range turned.Rect.Max.Y {
		for x := range turned.Rect.Max.X {
			from := [...]image.Point{
				2: {last.X - x, y},
				3: {last.X - x, last.Y - y},
				4: {x, last.Y - y},
				5: {y, x},
				6: {y, last.Y - x},
				7: {last.X - y, last.Y - x},
				8: {last.X - y, x},
			}[o]
			turned.SetRGBA(x, y, picture.RGBAAt(from.X, from.Y))
		}
	}
	return turned
}

// readOrientation finds the tag in a JPEG file. Without one, or in a file that is
// damaged there, the picture counts as upright.
func readOrientation(file []byte) orientation {
	for rest := file[min(2, len(file)):]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != startOfScan; {
		marker, length := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if marker == 0xff { // padding
			rest = rest[1:]
			continue
		}
		if length < 2 || 2+length > len(rest) {
			break
		}
		if tiff, ok := bytes.CutPrefix(rest[4:2+length], []byte("Exif\x00\x00")); ok && marker == app1 {
			return readTIFFOrientation(tiff)
		}
		rest = rest[2+length:]
	}
	return upright
}

// readTIFFOrientation finds the tag in the first directory of a TIFF structure.
func readTIFFOrientation(tiff []byte) orientation {
	const (
		tag       = 0x0112
		typeShort = 3
		entrySize = 12
	)
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(tiff, []byte("MM")) {
		order = binary.BigEndian
	}
	start := uint64(order.Uint32(tiff[4:]))
	if start+2 > uint64(len(tiff)) {
		return upright
	}
	count, entries := int(order.Uint16(tiff[start:])), tiff[start+2:]
	for range count {
		if len(entries) < entrySize {
			break
		}
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == typeShort {
			if value := orientation(order.Uint16(entries[8:])); 1 <= value && value <= 8 {
				return value
			}
			break
		}
		entries = entries[entrySize:]
	}
	return upright
}
