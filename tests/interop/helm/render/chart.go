package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// chart is what Helm loads from a chart's directory.
type chart struct {
	metadata  map[string]interface{}
	values    map[string]interface{}
	templates map[string]string
	files     files
}

type document struct {
	text  string
	value interface{}
}

// Helm keeps these out of .Files.
var notFiles = map[string]bool{"Chart.yaml": true, "Chart.lock": true, "values.yaml": true, "values.schema.json": true, ".helmignore": true}

var separator = regexp.MustCompile(`(?m)^---\s*$`)

func loadChart(directory string) (*chart, error) {
	loaded := &chart{templates: map[string]string{}, files: files{}}
	var err error
	if loaded.metadata, err = readYAML(filepath.Join(directory, "Chart.yaml")); err != nil {
		return nil, err
	}
	if loaded.values, err = readYAML(filepath.Join(directory, "values.yaml")); err != nil {
		return nil, err
	}
	name, _ := loaded.metadata["name"].(string)
	err = filepath.Walk(directory, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(directory, path)
		if err != nil {
			return err
		}
		switch {
		case strings.HasPrefix(relative, "templates/"):
			loaded.templates[name+"/"+relative] = string(content)
		case !notFiles[relative] && !strings.HasPrefix(relative, "charts/") && !strings.HasPrefix(relative, "crds/"):
			loaded.files[relative] = content
		}
		return nil
	})
	return loaded, err
}

func readYAML(path string) (map[string]interface{}, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	value := map[string]interface{}{}
	if err := yaml.UnmarshalStrict(content, &value); err != nil {
		return nil, fmt.Errorf("%s: %v", path, err)
	}
	return value, nil
}

// mergedValues puts files over the chart's values as Helm does: maps are merged, anything else is replaced, null removes.
func mergedValues(base map[string]interface{}, paths []string) (map[string]interface{}, error) {
	for _, path := range paths {
		over, err := readYAML(path)
		if err != nil {
			return nil, err
		}
		base = merged(base, over)
	}
	return base, nil
}

func merged(base, over map[string]interface{}) map[string]interface{} {
	result := map[string]interface{}{}
	for key, value := range base {
		result[key] = value
	}
	for key, value := range over {
		inner, isMap := value.(map[string]interface{})
		below, wasMap := result[key].(map[string]interface{})
		switch {
		case value == nil:
			delete(result, key)
		case isMap && wasMap:
			result[key] = merged(below, inner)
		default:
			result[key] = value
		}
	}
	return result
}

// splitDocuments refuses what Helm or the API server would: text that is no YAML, a key twice, a document that is no object.
func splitDocuments(name, text string) ([]document, error) {
	var documents []document
	for _, part := range separator.Split(text, -1) {
		part = strings.Trim(part, "\n")
		if strings.TrimSpace(part) == "" {
			continue
		}
		if strings.Contains(part, "<no value>") {
			return nil, fmt.Errorf("%s: a value that is not there was printed:\n%s", name, part)
		}
		var value interface{}
		if err := yaml.UnmarshalStrict([]byte(part), &value); err != nil {
			return nil, fmt.Errorf("%s: %v\n%s", name, err, part)
		}
		if value == nil {
			continue
		}
		if _, isMap := value.(map[string]interface{}); !isMap {
			return nil, fmt.Errorf("%s: not an object:\n%s", name, part)
		}
		documents = append(documents, document{part, value})
	}
	return documents, nil
}
