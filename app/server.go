package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// serveHTTP listens on the configured port until ctx is done or the process is
// asked to stop (SIGTERM, as Kubernetes does, or ^C). Then it takes no new
// connections, finishes the requests that it has, and returns nil.
func serveHTTP(ctx context.Context, settings settings, log *slog.Logger, handler http.Handler) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	listener, err := net.Listen("tcp", net.JoinHostPort("", strconv.Itoa(settings.port)))
	if err != nil {
		return fmt.Errorf("PORT: %w", err)
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       settings.requestTimeout, // so that no body keeps coming while draining
		WriteTimeout:      settings.requestTimeout + 20*time.Second,
		IdleTimeout:       2 * time.Minute, // longer than the minute that load balancers keep connections
		MaxHeaderBytes:    16 << 10,        // API Gateway takes 10 KB
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	log.Info("serving", "address", listener.Addr().String())

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	stop() // a second signal kills
	log.Info("draining")
	patience := settings.requestTimeout + time.Second
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := server.Shutdown(draining); errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("some requests were still running %v after the signal to stop", patience)
	} else if err != nil {
		return err
	}
	log.Info("drained")
	return nil
}
