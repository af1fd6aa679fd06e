//go:build tools

// Package main pins, beside the multi-call binary, the command that stays on its own.
package main

import (
	_ "k8s.io/kubernetes/cmd/kubectl"
)
