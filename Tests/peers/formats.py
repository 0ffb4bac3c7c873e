"""Reads and writes the file formats with the reference libraries.

formats.py write FOLDER       writes files into FOLDER, then describes them
formats.py describe FILE...   one line a tensor: file, name, type, shape, values as little-endian bytes in hexadecimal
formats.py judge FOLDER       one line a safetensors file in FOLDER: its name and whether the reference accepts it
"""

import os
import sys

import numpy as np
import safetensors

# What Salar makes of types that libtorch lacks.
WIDER = {"uint16": "int32", "uint32": "int64", "uint64": "int64"}

# safetensors' own names.
TYPES = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "I16": "int16", "I32": "int32", "I64": "int64", "F16": "float16",
    "BF16": "bfloat16", "F32": "float32", "F64": "float64", "C64": "complex64",
}


def line(file, name, dtype, shape, data):
    print(os.path.basename(file), name, dtype, ",".join(map(str, shape)), data.hex(), sep="\t")


def describe_array(file, name, array):
    shape = array.shape
    dtype = WIDER.get(array.dtype.newbyteorder("=").name, array.dtype.newbyteorder("=").name)
    line(file, name, dtype, shape, np.ascontiguousarray(array).astype(np.dtype(dtype).newbyteorder("<")).tobytes())


def describe(file):
    if file.endswith(".npy"):
        describe_array(file, "", np.load(file, allow_pickle=False))
    elif file.endswith(".npz"):
        with np.load(file, allow_pickle=False) as archive:
            for name in archive.files:
                describe_array(file, name, archive[name])
    else:
        with open(file, "rb") as opened:
            for name, tensor in safetensors.deserialize(opened.read()):
                line(file, name, TYPES[tensor["dtype"]], tensor["shape"], bytes(tensor["data"]))


def write(folder):
    def path(name):
        return os.path.join(folder, name)

    kinds = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()
    shapes = [(), (0,), (3,), (2, 3), (0, 3), (2, 3, 4)]
    arrays = {}
    for kind in kinds:
        for index, shape in enumerate(shapes):
            count = int(np.prod(shape))
            values = (np.arange(count) * 7 - (20 if kind[0] in "ifc" else 0)).astype(kind)
            if kind[0] == "c":
                values = values + 1j * np.arange(count)
            if kind[0] == "u" and count:
                values[-1] = 2 ** (8 * int(kind[1]) - (1 if kind == "u8" else 0)) - 1
            array = values.reshape(shape).astype(kind)
            arrays[f"{kind}-{index}"] = array
            np.save(path(f"{kind}-{index}.npy"), array)
            np.save(path(f"{kind}-{index}-fortran.npy"), np.asfortranarray(array))
            np.save(path(f"{kind}-{index}-big.npy"), array.astype(array.dtype.newbyteorder(">")))
            np.save(path(f"{kind}-{index}-big-fortran.npy"),
                    np.asfortranarray(array.astype(array.dtype.newbyteorder(">"))))
            for version in [(1, 0), (2, 0), (3, 0)]:
                with open(path(f"{kind}-{index}-version{version[0]}.npy"), "wb") as file:
                    np.lib.format.write_array(file, array, version=version)
    np.savez(path("stored.npz"), **arrays)
    np.savez_compressed(path("packed.npz"), **arrays, **{"größe/日本": np.zeros((100, 100))})
    np.savez(path("empty.npz"))
    tensors = {}
    for kind in TYPES.values():
        for index, shape in enumerate(shapes):
            # NumPy has no bfloat16; the bytes are what counts here.
            values = np.arange(int(np.prod(shape))) * 7
            data = values.astype("uint16" if kind == "bfloat16" else kind).tobytes()
            tensors[f"{kind}-{index}"] = {"dtype": kind, "shape": shape, "data": data}
    safetensors.serialize_file(tensors, path("all.safetensors"), {"step": "5", "ü": "\"\\\n"})
    safetensors.serialize_file({}, path("empty.safetensors"), None)
    for name in sorted(os.listdir(folder)):
        describe(path(name))


def judge(folder):
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        try:
            safetensors.deserialize(data)
            print(name, "yes", sep="\t")
        except safetensors.SafetensorError:
            print(name, "no", sep="\t")


if sys.argv[1] == "write":
    write(sys.argv[2])
elif sys.argv[1] == "describe":
    for file in sys.argv[2:]:
        describe(file)
else:
    judge(sys.argv[2])
