package generator

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"ambi/internal/lazyregexp"
)

// errLayout is why a list stays as it is whose lines do not show its settings.
var errLayout = errors.New("its config is laid out in a way that cannot be edited line by line")

// SettingsEdit is a change to the list of settings in a user's Pulumi.yaml.
type SettingsEdit struct {
	Listed  bool     // whether the file has a list at all
	Before  []byte   // the whole file
	Text    []byte   // the same, edited
	Added   []string // keys, each list in the order of the file or of the settings
	Removed []string
	Changed []string
}

// Changes reports whether the file differs.
func (e SettingsEdit) Changes() bool { return len(e.Added)+len(e.Removed)+len(e.Changed) > 0 }

// MergeSettings updates the list of settings in a Pulumi.yaml to match the program, setting by
// setting: have is the user's file, base is what Project wrote last (empty where that is not
// known), want is what it writes now. What the user wrote stays: a setting that was edited, one
// of the user's own, one that was removed, every comment, and all that is not in the list. A
// file without a list gets none. The error says why a list cannot be edited; then nothing
// changes.
func MergeSettings(have, base, want []byte) (SettingsEdit, error) {
	edit := SettingsEdit{Before: have, Text: have}
	mine, err := readSettings(have)
	if err != nil || mine == nil {
		return edit, err
	}
	edit.Listed = true
	wanted, err := readSettings(want)
	if err != nil {
		return edit, err
	}
	if wanted == nil {
		wanted = &settingsList{}
	}
	before, err := readSettings(base)
	if err != nil || before == nil {
		before = &settingsList{} // such as one with git's conflict markers
	}

	replaced := map[int][]string{} // a line of have -> what stands there instead of the setting that begins there
	inserted := map[int][]string{} // a line of have -> what comes before it
	for i, s := range mine.settings {
		old, listed := before.find(s.key)
		now, needed := wanted.find(s.key)
		if !listed || s.text != old.text || needed && s.text == now.text {
			continue // the user's, or as it should be
		}
		if needed {
			edit.Changed = append(edit.Changed, s.key)
			replaced[s.from] = mine.indented(now)
		} else {
			edit.Removed = append(edit.Removed, s.key)
			replaced[s.from] = nil
		}
		mine.settings[i].goes = true
	}
	for i, s := range wanted.settings {
		_, there := mine.find(s.key)
		_, removed := before.find(s.key) // by the user, if it is not there
		if there || removed {
			continue
		}
		at := mine.settings[len(mine.settings)-1].to
		for _, neighbour := range slices.Backward(wanted.settings[:i]) {
			if n, found := mine.find(neighbour.key); found {
				at = n.to
				break
			}
		}
		edit.Added = append(edit.Added, s.key)
		inserted[at] = append(inserted[at], mine.indented(s)...)
	}
	if !edit.Changes() {
		return edit, nil
	}

	var out []yamlLine
	skip := 0
	for i := range len(mine.lines) + 1 {
		for _, text := range inserted[i] {
			out = append(out, yamlLine{text: text})
		}
		if s := slices.IndexFunc(mine.settings, func(s listed) bool { return s.goes && s.from == i }); s >= 0 {
			for _, text := range replaced[i] {
				out = append(out, yamlLine{text: text})
			}
			skip = mine.settings[s].to
		}
		if i >= skip && i < len(mine.lines) {
			out = append(out, mine.lines[i])
		}
	}
	text := mine.join(out)
	if err := onlySettingsDiffer(have, text, wanted, edit); err != nil {
		return SettingsEdit{Before: have, Text: have}, err
	}
	edit.Text = text
	return edit, nil
}

// settingsList is the list in a Pulumi.yaml, with the lines that it stands in.
type settingsList struct {
	lines    []yamlLine
	indent   string
	settings []listed
}

// yamlLine is one line of a YAML file, and what ends it.
type yamlLine struct{ text, end string }

// yamlLineEnd is what YAML parsers count as a new line.
var yamlLineEnd = lazyregexp.New("\r\n|[\n\r\u0085\u2028\u2029]")

// yamlLines splits a text where a YAML parser counts a new line, so that its line
// numbers are indexes: one file may hold line ends of several systems.
func yamlLines(text string) []yamlLine {
	var lines []yamlLine
	begin := 0
	for _, at := range yamlLineEnd.FindAllStringIndex(text, -1) {
		lines = append(lines, yamlLine{text[begin:at[0]], text[at[0]:at[1]]})
		begin = at[1]
	}
	if begin < len(text) {
		lines = append(lines, yamlLine{text: text[begin:]})
	}
	return lines
}

// join is the text of lines. Those without an end get one as the list has it,
// and the last one ends as the file did.
func (l *settingsList) join(lines []yamlLine) []byte {
	usual := l.lines[l.settings[0].from].end
	if usual == "" { // it is the file's only line end that is missing
		usual = cmp.Or(l.lines[0].end, "\n")
	}
	var b bytes.Buffer
	for i, line := range lines {
		b.WriteString(line.text)
		if i < len(lines)-1 || l.lines[len(l.lines)-1].end != "" {
			b.WriteString(cmp.Or(line.end, usual))
		}
	}
	return b.Bytes()
}

// listed is one setting of a list.
type listed struct {
	key      string // without the project's name
	text     string // its lines, without the indentation that all have
	from, to int    // the lines, the second one not included
	goes     bool   // or is replaced
}

func (l *settingsList) find(key string) (listed, bool) {
	i := slices.IndexFunc(l.settings, func(s listed) bool { return s.key == key })
	if i < 0 {
		return listed{}, false
	}
	return l.settings[i], true
}

// indented returns the lines of another list's setting as they stand in this one.
func (l *settingsList) indented(s listed) []string {
	lines := strings.Split(s.text, "\n")
	for i := range lines {
		lines[i] = l.indent + lines[i]
	}
	return lines
}

// readSettings returns nil for a file that has no list.
func readSettings(text []byte) (*settingsList, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if document.Kind != yaml.DocumentNode || document.Content[0].Kind != yaml.MappingNode {
		return nil, nil
	}
	root := document.Content[0]
	project, config, after := "", (*yaml.Node)(nil), 0
	for i := 0; i < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if config != nil && after == 0 {
			after = key.Line
		}
		switch key.Value {
		case "name":
			project = value.Value
		case "config":
			if config != nil {
				return nil, fmt.Errorf("line %d: config is there twice", key.Line)
			}
			config = value
		}
	}
	if config == nil || config.Kind != yaml.MappingNode || len(config.Content) == 0 {
		return nil, nil
	}
	if config.Style&yaml.FlowStyle != 0 {
		return nil, fmt.Errorf("line %d: its config stands in braces", config.Line)
	}
	l := &settingsList{lines: yamlLines(string(text)), indent: strings.Repeat(" ", config.Content[0].Column-1)}
	if after == 0 {
		after = len(l.lines) + 1
	}
	for i := 0; i < len(config.Content); i += 2 {
		key := config.Content[i]
		end := after - 1
		if i+2 < len(config.Content) {
			end = config.Content[i+2].Line - 1
		}
		if key.Line > end || end > len(l.lines) || !strings.HasPrefix(l.lines[key.Line-1].text, l.indent) {
			return nil, errLayout
		}
		for end > key.Line && !isContent(l.lines[end-1].text) {
			end--
		}
		var own []string
		for _, line := range l.lines[key.Line-1 : end] {
			own = append(own, strings.TrimRight(strings.TrimPrefix(line.text, l.indent), " \t"))
		}
		l.settings = append(l.settings, listed{
			key:  strings.TrimPrefix(key.Value, project+":"),
			text: strings.Join(own, "\n"), from: key.Line - 1, to: end,
		})
	}
	return l, nil
}

// isContent tells a line from an empty one and from a comment, which belong to what
// follows.
func isContent(line string) bool {
	line = strings.TrimSpace(line)
	return line != "" && !strings.HasPrefix(line, "#")
}

// onlySettingsDiffer holds an edited file against what the edit says of it: a list
// may be laid out in ways that its lines do not show.
func onlySettingsDiffer(have, text []byte, wanted *settingsList, edit SettingsEdit) error {
	var before, after map[string]any
	if err := errors.Join(yaml.Unmarshal(have, &before), yaml.Unmarshal(text, &after)); err != nil {
		return fmt.Errorf("%w: %w", errLayout, err)
	}
	config, _ := before["config"].(map[string]any)
	name, _ := before["name"].(string)
	if config == nil {
		return errLayout
	}
	for _, key := range edit.Removed {
		delete(config, key)
		delete(config, name+":"+key)
	}
	for _, key := range slices.Concat(edit.Added, edit.Changed) {
		delete(config, name+":"+key)
		s, _ := wanted.find(key)
		var one map[string]any
		if err := yaml.Unmarshal([]byte(s.text), &one); err != nil {
			return err
		}
		config[key] = one[key]
	}
	if len(config) == 0 {
		delete(before, "config")
		delete(after, "config")
	}
	if !reflect.DeepEqual(before, after) {
		return errLayout
	}
	return nil
}
