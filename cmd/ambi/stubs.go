package main
import "github.com/spf13/cobra"
func newPreviewCommand(io streams, options *projectOptions) *cobra.Command { return &cobra.Command{Use: "preview"} }
