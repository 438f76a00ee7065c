"""`gg.backends`: the switches of PyTorch's backends. They may be set, and switch nothing: none of these libraries is used."""

from glassgrad.backends import cuda as cuda
from glassgrad.backends import cudnn as cudnn
from glassgrad.backends import mkl as mkl
from glassgrad.backends import mps as mps
