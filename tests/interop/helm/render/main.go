// render: executes a chart's templates as Helm does, where no Helm binary is in reach.
// usage: render CHART OUTPUT-DIRECTORY RELEASE NAMESPACE [VALUES-FILE...]
// Writes manifests.yaml, manifests.json (a list of {source, manifest}), notes.txt and values.json (the merged values).
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

type rendered struct {
	Source   string      `json:"source"`
	Manifest interface{} `json:"manifest"`
}

func main() {
	if len(os.Args) < 5 {
		fail("usage: render CHART OUTPUT-DIRECTORY RELEASE NAMESPACE [VALUES-FILE...]")
	}
	loaded, err := loadChart(os.Args[1])
	if err != nil {
		fail(err.Error())
	}
	values, err := mergedValues(loaded.values, os.Args[5:])
	if err != nil {
		fail(err.Error())
	}
	// Before the templates run, as Helm asks the schema first.
	if err := writeJSON(filepath.Join(os.Args[2], "values.json"), values); err != nil {
		fail(err.Error())
	}
	texts, err := execute(loaded, values, os.Args[3], os.Args[4])
	if err != nil {
		fail(err.Error())
	}
	if err := write(os.Args[2], texts); err != nil {
		fail(err.Error())
	}
}

func write(directory string, texts map[string]string) error {
	var names []string
	for name := range texts {
		names = append(names, name)
	}
	sort.Strings(names)
	manifests := []rendered{}
	var all strings.Builder
	for _, name := range names {
		text := texts[name]
		if filepath.Base(name) == "NOTES.txt" {
			if err := os.WriteFile(filepath.Join(directory, "notes.txt"), []byte(text), 0o644); err != nil {
				return err
			}
			continue
		}
		documents, err := splitDocuments(name, text)
		if err != nil {
			return err
		}
		for _, document := range documents {
			fmt.Fprintf(&all, "---\n# Source: %s\n%s\n", name, document.text)
			manifests = append(manifests, rendered{name, document.value})
		}
	}
	if err := os.WriteFile(filepath.Join(directory, "manifests.yaml"), []byte(all.String()), 0o644); err != nil {
		return err
	}
	return writeJSON(filepath.Join(directory, "manifests.json"), manifests)
}

func writeJSON(path string, value interface{}) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
