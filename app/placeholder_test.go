package main

import (
	"bytes"
	"fmt"
	"image/png"
	"testing"
)

func TestPlaceholderIsAFunctionOfItsSize(t *testing.T) {
	first, err := placeholder(640, 480)
	if err != nil {
		t.Fatal(err)
	}
	second, err := placeholder(640, 480)
	if err != nil {
		t.Fatal(err)
	}
	other, err := placeholder(640, 481)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) || bytes.Equal(first, other) {
		t.Error("the same size must give the same bytes, and another size others")
	}
}

// The text is there where it fits, in the middle.
func TestPlaceholderSaysItsSize(t *testing.T) {
	for _, test := range []struct {
		width, height int
		text          bool
	}{
		{640, 480, true}, {2048, 100, true}, {100, 2048, true}, {2048, 2048, true}, {64, 48, false}, {1, 1, false}, {2048, 1, false},
	} {
		t.Run(fmt.Sprintf("%dx%d", test.width, test.height), func(t *testing.T) {
			file, err := placeholder(test.width, test.height)
			if err != nil {
				t.Fatal(err)
			}
			picture, err := png.Decode(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			ink, background := 0, picture.At(0, 0)
			for y := range test.height {
				for x := range test.width {
					if picture.At(x, y) == background {
						continue
					}
					ink++
					if x < test.width/8 || x >= test.width*7/8 || y < test.height/8 || y >= test.height*7/8 {
						t.Fatalf("ink at %d, %d, outside the middle", x, y)
					}
				}
			}
			if (ink > 0) != test.text {
				t.Errorf("%d pixels of ink, want text: %v", ink, test.text)
			}
		})
	}
}

func BenchmarkPlaceholder(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := placeholder(640, 480); err != nil {
			b.Fatal(err)
		}
	}
}
