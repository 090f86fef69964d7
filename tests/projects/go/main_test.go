package main

import (
	"strings"
	"testing"
)

func TestGreeting(t *testing.T) {
	for path, want := range map[string]string{"/": "hello, world,", "/husk": "hello, husk,"} {
		if got := greeting(path); !strings.HasPrefix(got, want) {
			t.Errorf("greeting(%q) = %q", path, got)
		}
	}
}
