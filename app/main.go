// Thumbs makes thumbnails: a small, stateless HTTP service that runs unchanged
// in a Kubernetes pod and as a Lambda function.
//
//	POST /thumbnails?width=320              the image in the body, 320 pixels wide
//	GET  /placeholders/{width}/{height}     a grey image that says its own size
//	GET  /healthz                           "ok"
//	POST /events                            S3's notifications, as SQS sends them to Lambda
//	POST /reports                           a run of the nightly schedule
//
// The events make a thumbnail of each image that was uploaded to a bucket, and put
// it under the same key into another bucket (events.go). A run reports what was made the day
// before, and keeps the report in a table (report.go).
//
// Try it:
//
//	go run ./app
//	curl --data-binary @photo.jpg 'localhost:8080/thumbnails?width=320' -o small.jpg
//
// It listens on PORT, unless AWS_LAMBDA_RUNTIME_API says that it runs on Lambda:
// then it asks the Lambda runtime for events of API Gateway, of SQS and of its schedule
// instead (lambda.go), and gives the same answers. Its whole configuration is the
// environment:
//
//	PORT              port to listen on; 8080 if not set
//	LOG_LEVEL         debug, info (if not set), warn or error
//	REQUEST_TIMEOUT   how long one request may take; 9s if not set
//	API_KEY           the key that POST /thumbnails wants in the header x-api-key
//	API_KEY_SECRET    or where AWS Secrets Manager keeps that key (secret.go)
//	JWT_ISSUER        whose JSON Web Tokens requests for images bring (token.go)
//	JWT_AUDIENCE      the audiences that they are for, separated by commas
//	THUMBNAILS_BUCKET the bucket for thumbnails; without it there is no POST /events
//	REPORTS_TABLE     the table for reports; without it there is no POST /reports
//	GOMEMLIMIT        what the Go runtime may take, softly; 400MiB if not set
//
// With no key and no issuer, everybody may make thumbnails.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"time"
)

func main() {
	if err := run(context.Background(), os.LookupEnv, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "thumbs: %v\n", err)
		os.Exit(1)
	}
}

// environment finds a variable, and says whether it is set.
type environment func(name string) (value string, set bool)

// run serves until ctx is done or a signal asks it to stop. It logs to output.
func run(ctx context.Context, lookup environment, output io.Writer) error {
	settings, err := readSettings(lookup)
	if err != nil {
		return err
	}
	key, err := readAPIKey(ctx, lookup)
	if err != nil {
		return err
	}
	tokens, err := openTokens(ctx, lookup)
	if err != nil {
		return err
	}
	store, err := openStore(ctx, lookup)
	if err != nil {
		return err
	}
	reports, err := openReports(ctx, lookup, store)
	if err != nil {
		return err
	}
	if _, set := lookup("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(memoryLimit)
	}
	log := slog.New(slog.NewJSONHandler(output, &slog.HandlerOptions{Level: settings.logLevel}))
	return serve(ctx, settings, log, newHandler(log, key, tokens, store, reports, settings.requestTimeout))
}

// serve answers requests with handler, from whichever side they come.
func serve(ctx context.Context, settings settings, log *slog.Logger, handler http.Handler) error {
	if settings.onLambda {
		serveLambda(log, handler)
		return nil
	}
	return serveHTTP(ctx, settings, log, handler)
}

// settings are what the environment decides, except for the API key.
type settings struct {
	onLambda       bool
	port           int
	logLevel       slog.Level
	requestTimeout time.Duration
}

// readSettings fails on a value that it does not understand: a service that starts
// with a default instead hides the mistake until somebody needs the setting.
func readSettings(lookup environment) (settings, error) {
	_, onLambda := lookup("AWS_LAMBDA_RUNTIME_API")
	settings := settings{
		onLambda:       onLambda,
		port:           8080,
		logLevel:       slog.LevelInfo,
		requestTimeout: 9 * time.Second, // answers before a platform that waits for 10 s gives up
	}
	if value, set := lookup("PORT"); set {
		port, err := strconv.ParseUint(value, 10, 16)
		if err != nil {
			return settings, fmt.Errorf("PORT: must be a number from 0 to 65535, got %q", value)
		}
		settings.port = int(port)
	}
	if value, set := lookup("LOG_LEVEL"); set {
		if err := settings.logLevel.UnmarshalText([]byte(value)); err != nil {
			return settings, fmt.Errorf("LOG_LEVEL: must be debug, info, warn or error, got %q", value)
		}
	}
	if value, set := lookup("REQUEST_TIMEOUT"); set {
		timeout, err := time.ParseDuration(value)
		if err != nil || timeout <= 0 {
			return settings, fmt.Errorf("REQUEST_TIMEOUT: must be a duration such as 9s, got %q", value)
		}
		settings.requestTimeout = timeout
	}
	return settings, nil
}
