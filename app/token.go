package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// tokens says which JSON Web Tokens are valid: those of an issuer, for one of several
// audiences.
type tokens struct {
	verifier *oidc.IDTokenVerifier
	audience []string
}

// openTokens returns nil where no caller needs a token. It finds the issuer's keys by
// OpenID Connect discovery, as API Gateway does.
func openTokens(ctx context.Context, lookup environment) (*tokens, error) {
	issuer, issuerSet := lookup("JWT_ISSUER")
	audience, audienceSet := lookup("JWT_AUDIENCE")
	if !issuerSet && !audienceSet {
		return nil, nil
	}
	// A token without an audience must match none of these.
	audiences := slices.DeleteFunc(strings.Split(audience, ","), func(a string) bool { return strings.TrimSpace(a) == "" })
	if issuer == "" || len(audiences) == 0 { // a mistake must not open the service
		return nil, errors.New("JWT_ISSUER, JWT_AUDIENCE: must both be set and not be empty\nhint: unset both to take requests without a token")
	}
	ctx, cancel := context.WithTimeout(ctx, 8*time.Second) // Lambda gives a start ten
	defer cancel()
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, fmt.Errorf("JWT_ISSUER: %w", err)
	}
	// A client ID is one audience, and here there are several: see check.
	return &tokens{provider.Verifier(&oidc.Config{SkipClientIDCheck: true}), audiences}, nil
}

// check returns why a request brings no valid token. As in API Gateway, the claim client_id
// of a token without an audience is compared instead.
func (t *tokens) check(r *http.Request) error {
	scheme, raw, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || raw == "" {
		return errors.New("there is none")
	}
	token, err := t.verifier.Verify(r.Context(), raw)
	if err != nil {
		return err
	}
	granted := token.Audience
	if len(granted) == 0 {
		var claims struct {
			ClientID string `json:"client_id"`
		}
		if err := token.Claims(&claims); err != nil {
			return err
		}
		granted = []string{claims.ClientID}
	}
	if !slices.ContainsFunc(granted, func(a string) bool { return slices.Contains(t.audience, a) }) {
		return fmt.Errorf("it is for %q", granted)
	}
	return nil
}

// withToken answers 401 to requests without a valid token, where callers need one.
func (s *thumbs) withToken(handle func(http.ResponseWriter, *http.Request) error) func(http.ResponseWriter, *http.Request) error {
	if s.tokens == nil {
		return handle
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := s.tokens.check(r); err != nil {
			s.log.Info("no valid token", "path", r.URL.Path, "error", err)
			w.Header().Set("Www-Authenticate", "Bearer")
			return refuse(http.StatusUnauthorized, "the token is missing or invalid\nhint: send it in the header authorization: Bearer TOKEN")
		}
		return handle(w, r)
	}
}
