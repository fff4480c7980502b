package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ambi/internal/cron"
	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/spec"
)

func newScheduleCommand(io streams, options *project.Folder) *cobra.Command {
	var after string
	cmd := &cobra.Command{
		Use:   "schedule SERVICE",
		Short: "Print when a service with a schedule runs next, on each target",
		Long: `Print the next five runs of a service with a schedule, in its time zone and in UTC.
The targets differ when clocks go back: at a time that occurs twice, EventBridge
Scheduler runs once, and a CronJob twice. When clocks go forward, neither runs at a
time that is skipped.`,
		Example: `  ambi schedule report
  ambi schedule report --after 2026-10-24T00:00:00Z`,
		Args: flags.ExactlyOne("the name of a service"),

		ValidArgsFunction: completions{options}.service,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := options.Load()
			if err != nil {
				return err
			}
			from := time.Now()
			if cmd.Flags().Changed("after") {
				if from, err = time.Parse(time.RFC3339, after); err != nil {
					return problem.Flag("after", "must be a time such as 2026-10-24T00:00:00Z, got %q", after)
				}
			}
			text, err := runs(p, args[0], from)
			if err != nil {
				return err
			}
			fmt.Fprint(io.out.Document(), text)
			return nil
		},
	}
	cmd.Flags().StringVar(&after, "after", "", "print runs after this `TIME`, such as 2026-10-24T00:00:00Z (default: now)")
	return cmd
}

// shownRuns is the number of runs printed for each target.
const shownRuns = 5

// runs lists the next runs of a service after a moment.
func runs(p *project.Project, name string, after time.Time) (string, error) {
	s, err := p.Service(name)
	switch {
	case err != nil:
		return "", err
	case s.Schedule == nil:
		return "", problem.File(p.SpecName, p.App.Position("services."+name).Line, "services.%s: has no schedule: %s", name, s.StartedBy())
	}
	times := s.Schedule.Times()
	zone, _ := cron.Zone(s.Schedule.TimeZone)
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, %s\n", name, times, s.Schedule.TimeZone)
	for _, target := range p.App.Targets {
		fmt.Fprintf(&b, "\non target %s, as %s:\n", target, map[spec.Target]string{spec.Lambda: times.AWS(), spec.Kubernetes: times.String()}[target])
		shown := 0
		for _, run := range times.Runs(after.In(zone), 2*shownRuns) {
			note := ""
			switch {
			case run.Again && target == spec.Lambda:
				fmt.Fprintf(&b, "  %s  no run: the second time that clocks show this\n", local(run.At))
				continue
			case run.Again:
				note = "  the second time that clocks show this"
			}
			fmt.Fprintf(&b, "  %s  %s%s\n", local(run.At), run.At.UTC().Format("2006-01-02 15:04 UTC"), note)
			if shown++; shown == shownRuns {
				break
			}
		}
	}
	for _, shift := range times.Shifts(after.In(zone)) {
		moment := shift.At.Format("2006-01-02")
		if shift.Missed {
			fmt.Fprintf(&b, "\nwhen clocks go forward, next on %s, a time of the schedule is skipped: neither target runs then\n", moment)
		}
		if shift.Twice {
			fmt.Fprintf(&b, "\nwhen clocks go back, next on %s, a time of the schedule occurs twice: one run on target lambda, two on target kubernetes\n", moment)
		}
	}
	return b.String(), nil
}

// local formats a moment as local time in its zone.
func local(t time.Time) string { return t.Format("Mon 2006-01-02 15:04 -0700") }
