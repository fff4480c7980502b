package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// issuer is an issuer of tokens with a key of its own.
type issuer struct {
	url string
	key *rsa.PrivateKey
}

// newIssuer serves its discovery document and its key.
func newIssuer(t *testing.T) issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	routes := http.NewServeMux()
	server := httptest.NewServer(routes)
	t.Cleanup(server.Close)
	answer := func(value any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(value)
		}
	}
	routes.Handle("GET /.well-known/openid-configuration", answer(map[string]any{
		"issuer": server.URL, "jwks_uri": server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
	}))
	routes.Handle("GET /keys", answer(map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one",
		"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()),
	}}}))
	return issuer{server.URL, key}
}

// sign writes a token with these claims beside the issuer and an end in an hour.
func (i issuer) sign(t *testing.T, claims map[string]any) string {
	t.Helper()
	all := map[string]any{"iss": i.url, "sub": "somebody", "exp": time.Now().Add(time.Hour).Unix()}
	for name, value := range claims {
		all[name] = value
	}
	part := func(value any) string {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	signed := part(map[string]any{"alg": "RS256", "kid": "one"}) + "." + part(all)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, i.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestTokens(t *testing.T) {
	ours, other := newIssuer(t), newIssuer(t)
	tokens, err := openTokens(t.Context(), lookupIn(map[string]string{"JWT_ISSUER": ours.url, "JWT_AUDIENCE": "thumbs,thumbs-admin,"}))
	if err != nil {
		t.Fatal(err)
	}
	handler := newHandler(slog.New(slog.NewTextHandler(io.Discard, nil)), "", tokens, nil, nil, time.Second)
	good := ours.sign(t, map[string]any{"aud": "thumbs"})
	for name, c := range map[string]struct {
		path, authorization string
		want                int
	}{
		"a good token":                {"/placeholders/1/1", "Bearer " + good, 200},
		"the scheme in lower case":    {"/placeholders/1/1", "bearer " + good, 200},
		"one audience of several":     {"/placeholders/1/1", "Bearer " + ours.sign(t, map[string]any{"aud": []string{"else", "thumbs-admin"}}), 200},
		"a client and no audience":    {"/placeholders/1/1", "Bearer " + ours.sign(t, map[string]any{"client_id": "thumbs"}), 200},
		"a probe":                     {"/healthz", "", 200},
		"none":                        {"/placeholders/1/1", "", 401},
		"another scheme":              {"/placeholders/1/1", "Basic " + good, 401},
		"nothing after the scheme":    {"/placeholders/1/1", "Bearer ", 401},
		"no token":                    {"/placeholders/1/1", "Bearer x", 401},
		"a changed signature":         {"/placeholders/1/1", "Bearer " + good[:len(good)-8] + "AAAAAAAA", 401},
		"another audience":            {"/placeholders/1/1", "Bearer " + ours.sign(t, map[string]any{"aud": "else"}), 401},
		"a part of an audience":       {"/placeholders/1/1", "Bearer " + ours.sign(t, map[string]any{"aud": "thumb"}), 401},
		"neither audience nor client": {"/placeholders/1/1", "Bearer " + ours.sign(t, nil), 401},
		"an empty audience":           {"/placeholders/1/1", "Bearer " + ours.sign(t, map[string]any{"aud": ""}), 401},
		"a client beside an audience": {"/placeholders/1/1", "Bearer " + ours.sign(t, map[string]any{"aud": "else", "client_id": "thumbs"}), 401},
		"a token that has ended":      {"/placeholders/1/1", "Bearer " + ours.sign(t, map[string]any{"aud": "thumbs", "exp": time.Now().Add(-time.Hour).Unix()}), 401},
		"another issuer's":            {"/placeholders/1/1", "Bearer " + other.sign(t, map[string]any{"aud": "thumbs"}), 401},
		"another issuer's key":        {"/placeholders/1/1", "Bearer " + other.sign(t, map[string]any{"iss": ours.url, "aud": "thumbs"}), 401},
		"no signature":                {"/placeholders/1/1", "Bearer " + unsigned(good), 401},
	} {
		t.Run(name, func(t *testing.T) {
			request := httptest.NewRequest(http.MethodGet, c.path, nil)
			if c.authorization != "" {
				request.Header.Set("Authorization", c.authorization)
			}
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, request)
			if recorder.Code != c.want {
				t.Errorf("got %d, want %d: %s", recorder.Code, c.want, recorder.Body)
			}
			if asked := recorder.Header().Get("Www-Authenticate"); (asked == "Bearer") != (c.want == 401) {
				t.Errorf("www-authenticate is %q", asked)
			}
		})
	}
}

// unsigned is a token that says of itself that nobody signed it.
func unsigned(token string) string {
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))
	return head + "." + strings.Split(token, ".")[1] + "."
}

// Browsers send no token with a preflight request: it is answered, and nothing else is.
func TestPreflightNeedsNoToken(t *testing.T) {
	tokens, err := openTokens(t.Context(), lookupIn(map[string]string{"JWT_ISSUER": newIssuer(t).url, "JWT_AUDIENCE": "thumbs"}))
	if err != nil {
		t.Fatal(err)
	}
	handler := newHandler(slog.New(slog.NewTextHandler(io.Discard, nil)), "", tokens, nil, nil, time.Second)
	for method, want := range map[string]int{http.MethodOptions: 405, http.MethodGet: 401, http.MethodHead: 401} {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, httptest.NewRequest(method, "/placeholders/1/1", nil))
		if recorder.Code != want {
			t.Errorf("%s: got %d, want %d: %s", method, recorder.Code, want, recorder.Body)
		}
		if method == http.MethodOptions && recorder.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("OPTIONS: allowed are %q", recorder.Header().Get("Allow"))
		}
	}
}

func TestOpenTokens(t *testing.T) {
	issuer := newIssuer(t)
	for name, c := range map[string]struct {
		environment map[string]string
		want        string // of the error; none if empty
	}{
		"neither":            {nil, ""},
		"both":               {map[string]string{"JWT_ISSUER": issuer.url, "JWT_AUDIENCE": "thumbs"}, ""},
		"an issuer alone":    {map[string]string{"JWT_ISSUER": issuer.url}, "must both be set"},
		"an audience alone":  {map[string]string{"JWT_AUDIENCE": "thumbs"}, "must both be set"},
		"an empty issuer":    {map[string]string{"JWT_ISSUER": "", "JWT_AUDIENCE": "thumbs"}, "must both be set"},
		"an empty audience":  {map[string]string{"JWT_ISSUER": issuer.url, "JWT_AUDIENCE": " ,"}, "must both be set"},
		"an issuer of else":  {map[string]string{"JWT_ISSUER": issuer.url + "/", "JWT_AUDIENCE": "thumbs"}, "JWT_ISSUER: "},
		"one that serves no": {map[string]string{"JWT_ISSUER": issuer.url + "/else", "JWT_AUDIENCE": "thumbs"}, "JWT_ISSUER: "},
	} {
		t.Run(name, func(t *testing.T) {
			tokens, err := openTokens(t.Context(), lookupIn(c.environment))
			switch {
			case c.want == "" && (err != nil || (tokens == nil) != (c.environment == nil)):
				t.Errorf("got %v, %v", tokens, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got error %v, want %s", err, c.want)
			}
		})
	}
}
