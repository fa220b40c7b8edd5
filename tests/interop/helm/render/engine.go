package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

// Values and the other objects have the shapes that Helm 3 gives templates.
type Values map[string]interface{}

type release struct {
	Name, Namespace, Service string
	IsInstall, IsUpgrade     bool
	Revision                 int
}

type kubeVersion struct{ Version, GitVersion, Major, Minor string }

func (v kubeVersion) String() string { return v.Version }

type versionSet []string

func (set versionSet) Has(version string) bool {
	for _, known := range set {
		if known == version {
			return true
		}
	}
	return false
}

type capabilities struct {
	KubeVersion kubeVersion
	APIVersions versionSet
	HelmVersion struct{ Version string }
}

const deepestInclude = 1000

func execute(loaded *chart, values map[string]interface{}, name, namespace string) (map[string]string, error) {
	root := template.New("chart").Option("missingkey=zero")
	root.Funcs(functions(root))
	for path, text := range loaded.templates {
		if _, err := root.New(path).Parse(text); err != nil {
			return nil, err
		}
	}
	metadata := map[string]interface{}{}
	for key, value := range loaded.metadata {
		metadata[strings.ToUpper(key[:1])+key[1:]] = value
	}
	metadata["AppVersion"], metadata["IsRoot"] = loaded.metadata["appVersion"], true
	var paths []string
	for path := range loaded.templates {
		if !strings.HasPrefix(filepath.Base(path), "_") {
			paths = append(paths, path)
		}
	}
	sort.Strings(paths)
	results := map[string]string{}
	for _, path := range paths {
		var text strings.Builder
		err := root.ExecuteTemplate(&text, path, map[string]interface{}{
			"Values":  Values(values),
			"Chart":   metadata,
			"Files":   loaded.files,
			"Release": release{name, namespace, "Helm", true, false, 1},
			"Capabilities": capabilities{
				KubeVersion: kubeVersion{"v1.31.0", "v1.31.0", "1", "31"},
				APIVersions: versionSet{"v1", "apps/v1", "policy/v1", "networking.k8s.io/v1", "monitoring.coreos.com/v1"},
			},
			"Template": map[string]interface{}{"Name": path, "BasePath": filepath.Dir(path)},
		})
		if err != nil {
			return nil, err
		}
		results[path] = text.String()
	}
	return results, nil
}

func functions(root *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	// Helm takes these away: a chart must not read the environment of whoever installs it, nor the network.
	delete(all, "env")
	delete(all, "expandenv")
	all["getHostByName"] = func(string) string { return "" }
	depth := map[string]int{}
	all["include"] = func(name string, data interface{}) (string, error) {
		if depth[name]++; depth[name] > deepestInclude {
			return "", fmt.Errorf("include %q calls itself without end", name)
		}
		defer func() { depth[name]-- }()
		var text strings.Builder
		err := root.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	all["tpl"] = func(text string, data interface{}) (string, error) {
		copied, err := root.Clone()
		if err != nil {
			return "", err
		}
		parsed, err := copied.New("tpl").Parse(text)
		if err != nil {
			return "", err
		}
		var result strings.Builder
		err = parsed.Execute(&result, data)
		return result.String(), err
	}
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return value, errors.New(message)
		}
		return value, nil
	}
	all["lookup"] = func(string, string, string, string) map[string]interface{} { return map[string]interface{}{} }
	all["toYaml"] = func(value interface{}) string {
		text, err := yaml.Marshal(value)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(string(text), "\n")
	}
	all["fromYaml"] = func(text string) map[string]interface{} {
		return parse(func(v interface{}) error { return yaml.Unmarshal([]byte(text), v) })
	}
	all["fromJson"] = func(text string) map[string]interface{} {
		return parse(func(v interface{}) error { return json.Unmarshal([]byte(text), v) })
	}
	all["toJson"] = func(value interface{}) string {
		text, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(text)
	}
	return all
}

func parse(decode func(interface{}) error) map[string]interface{} {
	result := map[string]interface{}{}
	if err := decode(&result); err != nil {
		result["Error"] = err.Error()
	}
	return result
}
