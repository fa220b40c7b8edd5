package main

import (
	"encoding/base64"
	"path"
	"strings"

	"sigs.k8s.io/yaml"
)

// files is Helm's .Files: what lies in the chart beside its templates.
type files map[string][]byte

func (f files) Get(name string) string { return string(f[name]) }

func (f files) GetBytes(name string) []byte { return f[name] }

func (f files) Glob(pattern string) files {
	found := files{}
	for name, content := range f {
		if matched, err := path.Match(pattern, name); err == nil && matched {
			found[name] = content
		}
	}
	return found
}

func (f files) Lines(name string) []string { return strings.Split(string(f[name]), "\n") }

func (f files) AsConfig() string {
	return f.asYAML(func(content []byte) string { return string(content) })
}

func (f files) AsSecrets() string { return f.asYAML(base64.StdEncoding.EncodeToString) }

func (f files) asYAML(encode func([]byte) string) string {
	values := map[string]string{}
	for name, content := range f {
		values[path.Base(name)] = encode(content)
	}
	text, err := yaml.Marshal(values)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}
