package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	// reportsPath is where runs of the schedule arrive.
	reportsPath = "/reports"

	// maxRun is the most bytes that a run may have.
	maxRun = 256 << 10
)

// scheduledRun is what starts a report, on either target.
type scheduledRun struct {
	ID   string    `json:"id"`   // the same for every attempt
	Time time.Time `json:"time"` // when it was due
}

// report says what was made on one day, in UTC.
type report struct {
	Day        string `json:"day"` // such as 2026-01-31
	Thumbnails int64  `json:"thumbnails"`
	Bytes      int64  `json:"bytes"`
}

// reports keeps a report for each day in a table in DynamoDB, whose key is the day.
type reports struct {
	client *dynamodb.Client
	table  string
}

// openReports returns nil where no table is configured. What a report counts is in a store.
func openReports(ctx context.Context, lookup environment, store *store) (*reports, error) {
	table, set := lookup("REPORTS_TABLE")
	switch {
	case !set:
		return nil, nil
	case table == "":
		return nil, errors.New("REPORTS_TABLE: is set, but empty\nhint: unset it if there is no table for reports")
	case store == nil:
		return nil, errors.New("REPORTS_TABLE: is set, but there is nothing to report on\nhint: set THUMBNAILS_BUCKET too")
	}
	settings, err := config.LoadDefaultConfig(ctx) // with a region, since the store has one
	if err != nil {
		return nil, err
	}
	return &reports{dynamodb.NewFromConfig(settings), table}, nil
}

// keep stores a report. Another one of the same day replaces it.
func (r *reports) keep(ctx context.Context, of report, run string) error {
	number := func(n int64) types.AttributeValue {
		return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
	}
	_, err := r.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &r.table, Item: map[string]types.AttributeValue{
		"day": &types.AttributeValueMemberS{Value: of.Day}, "thumbnails": number(of.Thumbnails), "bytes": number(of.Bytes),
		"run": &types.AttributeValueMemberS{Value: run},
	}})
	return err
}

// handleRun reports on the day before a run, and answers the report. It counts what is there,
// so that a second attempt, or a second run of that day, gives the same report.
func (s *thumbs) handleRun(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r, "run", maxRun)
	if err != nil {
		return err
	}
	var run scheduledRun
	if err := json.Unmarshal(body, &run); err != nil {
		return refuse(http.StatusBadRequest, "the run must be JSON: %v\nhint: such as %s", err, sampleRun)
	}
	if run.ID == "" || run.Time.IsZero() {
		return refuse(http.StatusBadRequest, "the run must have an id and a time\nhint: such as %s", sampleRun)
	}
	today := run.Time.UTC().Truncate(24 * time.Hour)
	of := report{Day: today.AddDate(0, 0, -1).Format(time.DateOnly)}
	if of.Thumbnails, of.Bytes, err = s.store.made(r.Context(), today.AddDate(0, 0, -1), today); err != nil {
		return err
	}
	if err := s.reports.keep(r.Context(), of, run.ID); err != nil {
		return err
	}
	s.log.LogAttrs(r.Context(), slog.LevelInfo, "report", slog.String("run", run.ID), slog.String("day", of.Day), slog.Int64("thumbnails", of.Thumbnails), slog.Int64("bytes", of.Bytes))
	answer, err := json.Marshal(of)
	if err != nil {
		return err
	}
	send(w, "application/json", answer)
	return nil
}

const sampleRun = `{"id": "by-hand", "time": "2026-01-31T02:00:00Z", "input": null}`
