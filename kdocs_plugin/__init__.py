"""kdocs: Kubernetes notes whose examples are true."""
