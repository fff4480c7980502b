package goname

import "testing"

func TestNames(t *testing.T) {
	for _, c := range []struct{ name, exported, unexported, file string }{
		{"api", "API", "api", "api_service"},
		{"web-api", "WebAPI", "webAPI", "web_api_service"},
		{"api-linux", "APILinux", "apiLinux", "api_linux_service"},
		{"load-test", "LoadTest", "loadTest", "load_test_service"},
		{"a-1", "A1", "a1", "a_1_service"},
		{"thumbs.api.key", "ThumbsAPIKey", "thumbsAPIKey", "thumbs_api_key_service"},
	} {
		if got := Exported(c.name); got != c.exported {
			t.Errorf("Exported(%q) = %q, want %q", c.name, got, c.exported)
		}
		if got := Unexported(c.name); got != c.unexported {
			t.Errorf("Unexported(%q) = %q, want %q", c.name, got, c.unexported)
		}
		if got := File(c.name, "service"); got != c.file {
			t.Errorf("File(%q) = %q, want %q", c.name, got, c.file)
		}
	}
}

func TestLocal(t *testing.T) {
	for name, want := range map[string]string{
		"api": "api", "type": "typeService", "func": "funcService", "string": "stringService",
		"len": "lenService", "ctx": "ctxService", "nil": "nilService", "main": "main",
		"type-service": "typeServiceService", "type-service-service": "typeServiceServiceService", "web-service": "webService",
	} {
		if got := Local(name, "Service", "ctx", "err"); got != want {
			t.Errorf("Local(%q) = %q, want %q", name, got, want)
		}
	}
}
