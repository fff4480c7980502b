package pageserver

import (
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
)

// connections bounds the number of open connections. At the bound, a new one closes the oldest
// on which no request is being answered, so slow or silent clients do not block others.
type connections struct {
	mutex     sync.Mutex
	open      []net.Conn // the oldest first
	answering map[net.Conn]bool
}

// changed follows a connection, as http.Server.ConnState.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	switch state {
	case http.StateNew:
		c.open = append(c.open, conn)
		if len(c.open) <= maxConnections {
			return
		}
		i := slices.IndexFunc(c.open, func(conn net.Conn) bool { return !c.answering[conn] })
		_ = c.open[i].Close() // the new one at least
		c.open = slices.Delete(c.open, i, i+1)
	case http.StateClosed, http.StateHijacked:
		c.open = slices.DeleteFunc(c.open, func(other net.Conn) bool { return other == conn })
		delete(c.answering, conn)
	case http.StateActive, http.StateIdle: // with says who answers
	}
}

type connectionKey struct{}

// with lets a request's handler say that it answers, as http.Server.ConnContext.
func (c *connections) with(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, func(answering bool) {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if answering {
			c.answering[conn] = true
		} else {
			delete(c.answering, conn)
		}
	})
}

// answering keeps the connection of a request that was read whole until the
// function that it returns is called.
func answering(ctx context.Context) (done func()) {
	set, ok := ctx.Value(connectionKey{}).(func(bool))
	if !ok { // not on a connection of Serve's
		return func() {}
	}
	set(true)
	return func() { set(false) }
}
