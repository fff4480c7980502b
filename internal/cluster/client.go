package cluster

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Client speaks to the API server in its own terms, over HTTP. It knows no kind by
// itself and asks the server for each. What it sends is what ambi wrote, byte for
// byte but for its encoding: no client library drops a field that it does not know.
type Client struct {
	server string
	http   *http.Client

	mu    sync.Mutex
	kinds map[string]Object // by apiVersion and kind, as the server describes them
}

func newClient(server string, identity *tls.Config) *Client {
	return &Client{
		server: server,
		http:   &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: identity, ForceAttemptHTTP2: true}},
		kinds:  map[string]Object{},
	}
}

// StatusError is the API server's refusal.
type StatusError struct {
	Code    int    // HTTP's
	Reason  string // one word
	Message string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the API server refused (%d %s): %s", e.Code, e.Reason, e.Message)
}

// WarningError is what the API server remarks on an object that it accepts. That a
// cluster merely warns is no reason to emit what it warns of.
type WarningError []string

func (e WarningError) Error() string { return "the API server warns: " + strings.Join(e, "; ") }

// Ready reports whether the API server says that it is.
func (c *Client) Ready(ctx context.Context) error {
	_, err := c.send(ctx, http.MethodGet, "/readyz", nil, "", nil)
	return err
}

// Get returns the object as it is now.
func (c *Client) Get(ctx context.Context, o Object) (Object, error) {
	path, err := c.path(ctx, o)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, http.MethodGet, path, nil, "", nil)
}

// List returns the objects of a kind in a namespace that have a set of labels.
func (c *Client) List(ctx context.Context, apiVersion, kind, namespace string, labels map[string]any) ([]Object, error) {
	path, err := c.path(ctx, Object{"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{"namespace": namespace}})
	if err != nil {
		return nil, err
	}
	var selector []string
	for key, value := range labels {
		selector = append(selector, fmt.Sprintf("%s=%v", key, value))
	}
	list, err := c.do(ctx, http.MethodGet, path, url.Values{"labelSelector": {strings.Join(selector, ",")}}, "", nil)
	return list.Items(), err
}

// Create creates an object.
func (c *Client) Create(ctx context.Context, o Object) (Object, error) {
	path, err := c.path(ctx, Object{"apiVersion": o["apiVersion"], "kind": o["kind"], "metadata": map[string]any{"namespace": o.Namespace()}})
	if err != nil {
		return nil, err
	}
	return c.do(ctx, http.MethodPost, path, url.Values{"fieldValidation": {"Strict"}}, "application/json", o)
}

// Delete deletes an object. One that is not there is gone already.
func (c *Client) Delete(ctx context.Context, o Object) error {
	path, err := c.path(ctx, o)
	if err != nil {
		return err
	}
	_, err = c.send(ctx, http.MethodDelete, path, nil, "", nil)
	if IsNotFound(err) {
		return nil
	}
	return err
}

// IsNotFound reports whether an error says that an object is not there.
func IsNotFound(err error) bool {
	var refused *StatusError
	return errors.As(err, &refused) && refused.Code == http.StatusNotFound
}

// Apply has the server merge an object into what it has, in the name of a manager:
// "kubectl apply --server-side --validate=strict". It forces nothing. A field that
// the server does not know is an error, and so is a field that another manager owns;
// a [WarningError] comes with the object.
func (c *Client) Apply(ctx context.Context, manager string, o Object) (Object, error) {
	path, err := c.path(ctx, o)
	if err != nil {
		return nil, err
	}
	query := url.Values{"fieldManager": {manager}, "fieldValidation": {"Strict"}}
	return c.do(ctx, http.MethodPatch, path, query, "application/apply-patch+yaml", o)
}

// Merge changes an object's fields, in the name of a manager. A name of a part of
// the object, such as scale, changes that part.
func (c *Client) Merge(ctx context.Context, manager string, o Object, part string, change Object) (Object, error) {
	path, err := c.path(ctx, o)
	if err != nil {
		return nil, err
	}
	if part != "" {
		path += "/" + part
	}
	query := url.Values{"fieldManager": {manager}, "fieldValidation": {"Strict"}}
	return c.do(ctx, http.MethodPatch, path, query, "application/merge-patch+json", change)
}

// path returns where an object is, or where those of its kind are when it has no name.
func (c *Client) path(ctx context.Context, o Object) (string, error) {
	group := "/apis/" + o.Text("apiVersion")
	if !strings.Contains(o.Text("apiVersion"), "/") {
		group = "/api/" + o.Text("apiVersion")
	}
	kind, err := c.kind(ctx, group, o.Kind())
	if err != nil {
		return "", err
	}
	path := group
	if kind["namespaced"] == true && o.Namespace() != "" {
		path += "/namespaces/" + url.PathEscape(o.Namespace())
	}
	path += "/" + kind.Text("name")
	if o.Name() != "" {
		path += "/" + url.PathEscape(o.Name())
	}
	return path, nil
}

// kind returns how the server describes a kind. What it knows, it goes on knowing;
// what it does not know yet may still come, with a CustomResourceDefinition.
func (c *Client) kind(ctx context.Context, group, kind string) (Object, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.kinds[group+" "+kind]; known != nil {
		return known, nil
	}
	list, err := c.do(ctx, http.MethodGet, group, nil, "", nil)
	if err != nil {
		return nil, err
	}
	for _, resource := range list.List("resources") {
		if !strings.Contains(resource.Text("name"), "/") {
			c.kinds[group+" "+resource.Kind()] = resource
		}
	}
	if known := c.kinds[group+" "+kind]; known != nil {
		return known, nil
	}
	return nil, fmt.Errorf("the API server knows no %s in %s", kind, group)
}

// do sends an object and returns the one that the server answers with.
func (c *Client) do(ctx context.Context, method, path string, query url.Values, contentType string, o Object) (Object, error) {
	body, err := c.send(ctx, method, path, query, contentType, o)
	var warning WarningError
	if err != nil && !errors.As(err, &warning) {
		return nil, err
	}
	var answer Object
	if decodeErr := json.Unmarshal(body, &answer); decodeErr != nil {
		return nil, fmt.Errorf("%s %s: the answer is no object: %w", method, path, decodeErr)
	}
	return answer, err
}

func (c *Client) send(ctx context.Context, method, path string, query url.Values, contentType string, o Object) ([]byte, error) {
	var body io.Reader
	if o != nil {
		text, err := json.Marshal(o) // JSON is YAML too
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.server+path+"?"+query.Encode(), body)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := c.http.Do(request)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx) // it says more than that the context ended
	}
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 300 {
		refused := &StatusError{Code: response.StatusCode, Message: strings.TrimSpace(string(text))}
		var status Object
		if json.Unmarshal(text, &status) == nil {
			refused.Reason, refused.Message = status.Text("reason"), status.Text("message")
		}
		return nil, refused
	}
	var warnings WarningError
	for _, header := range response.Header.Values("Warning") { // 299 - "text"
		_, quoted, _ := strings.Cut(header, " - ")
		warnings = append(warnings, strings.Trim(quoted, `"`))
	}
	if warnings != nil {
		return text, warnings
	}
	return text, nil
}
