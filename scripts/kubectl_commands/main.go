// Prints kubectl's commands and flags as JSON: what its own command tree says.
// scripts/build_kubectl_pack.py builds and runs it, with one version of k8s.io/kubectl each.
package main

import (
	"encoding/json"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/component-base/logs"
	"k8s.io/kubectl/pkg/cmd"
)

type flag struct {
	Name, Shorthand, Type, Default, NoOpt, Deprecated, Usage string
	Required                                                 bool
}

type command struct {
	Path    string
	Aliases []string
	Flags   []flag
}

func flags(sets ...*pflag.FlagSet) []flag {
	found := []flag{}
	for _, set := range sets {
		set.VisitAll(func(f *pflag.Flag) {
			required := f.Annotations[cobra.BashCompOneRequiredFlag] != nil
			found = append(found, flag{f.Name, f.Shorthand, f.Value.Type(), f.DefValue, f.NoOptDefVal, f.Deprecated, f.Usage, required})
		})
	}
	return found
}

func walk(c *cobra.Command, path string, found *[]command) {
	own := flags(c.LocalNonPersistentFlags(), c.PersistentFlags())
	*found = append(*found, command{path, c.Aliases, own})
	for _, child := range c.Commands() {
		walk(child, strings.TrimSpace(path+" "+child.Name()), found)
	}
}

func main() {
	streams, _, _, _ := genericiooptions.NewTestIOStreams()
	root := cmd.NewKubectlCommand(cmd.KubectlOptions{IOStreams: streams})
	logs.AddFlags(root.PersistentFlags()) // as component-base/cli does for the real one
	root.InitDefaultHelpCmd()
	found := []command{}
	walk(root, "", &found)
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		panic(err)
	}
}
