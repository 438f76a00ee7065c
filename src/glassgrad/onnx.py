"""`gg.onnx`: files of that format aren't written."""

from __future__ import annotations

from glassgrad.absent import refusing

_INSTEAD = "glassgrad writes no ONNX: gg.save(model.state_dict(), 'model.safetensors') keeps the weights for other libraries"
export = dynamo_export = refusing("onnx.export", _INSTEAD)
