"""The derivative tables: one file a family, each op declared with its rules beside its forward."""
