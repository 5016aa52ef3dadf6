"""The charts and the product on a real Kubernetes."""
