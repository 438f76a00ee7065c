"""`python -m glassgrad.kernels`: what `gg.kernels_info()` says."""

from glassgrad import kernels

for key, value in kernels.info().items():
    if isinstance(value, (dict, list)):
        print(f"{key}:")
        for line in [f"{name}: {what}" for name, what in value.items()] if isinstance(value, dict) else value:
            print(f"  {line}")
    else:
        print(f"{key}: {value}")
