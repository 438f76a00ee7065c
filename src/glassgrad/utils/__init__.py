"""What is used beside the engine: data loading, checkpoints."""

from glassgrad.utils import checkpoint as checkpoint
from glassgrad.utils import data as data
