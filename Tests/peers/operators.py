"""Calls ATen operators and writes what they were given and what they gave.

    operators.py NAMES FOLDER

NAMES is a file with one operator a line (`add.Tensor`). Into FOLDER go `cases.json` and `tensors.bin`, which
Tests/TorchTests/Support/PeerOperators.swift reads. Tensors stand in `tensors.bin` as contiguous bytes; doubles
stand in the JSON as their 64 bits, since JSON has no NaN.
"""

import json
import pathlib
import struct
import sys

import torch

from operator_cases import CASES
from operator_cases.values import generator, n

SEED = 20260728

# MARK: Arguments. Most follow from the type and the name of the parameter; operator_cases has those of the others.

BY_NAME = {
    "alpha": 1.5,
    "beta": 0.5,
    "value": 0.7,
    "dim": 1,
    "keepdim": True,
    "eps": 1e-4,
    "momentum": 0.2,
    "cudnn_enabled": False,
    "cudnn_enable": False,
    "align_corners": True,
    "lr": 0.1,
    "weight_decay": 0.01,
    "non_blocking": False,
}

# What cannot be called with its defaults alone: one of the bounds must be given.
NEEDS_MORE_THAN_DEFAULTS = {"clamp", "clamp_", "clamp.Tensor"}

# What has no defined numbers: only shapes and types are compared.
UNDEFINED_VALUES = {"empty.memory_format", "empty_like"}


def argument(parameter, case):
    name, kind = parameter.name, str(parameter.type)
    if name in case:
        value = case[name]
        return value() if callable(value) else value
    if "Generator" in kind:
        return generator()
    if kind == "Tensor":
        return n(3, 4)
    if name in BY_NAME and not kind.startswith(("Optional[List", "List")):
        return BY_NAME[name]
    if parameter.has_default_value():
        return parameter.default_value
    if kind.startswith("Optional"):
        return None
    if kind == "number":
        return 1.7
    raise ValueError(f"no value for '{name}' ({kind}); add the operator to operator_cases")


# MARK: Writing

DTYPES = {
    torch.uint8: 0, torch.int8: 1, torch.int16: 2, torch.int32: 3, torch.int64: 4, torch.float16: 5,
    torch.float32: 6, torch.float64: 7, torch.bool: 11, torch.bfloat16: 15}
FORMATS = {torch.contiguous_format: 0, torch.preserve_format: 1, torch.channels_last: 2}


class Writer:
    def __init__(self, path):
        self.file = open(path, "wb")
        self.offset = 0

    def tensor(self, value):
        plain = value.detach().contiguous()
        data = bytes(plain.reshape(-1).view(torch.uint8).numpy()) if plain.numel() else b""
        self.file.write(data)
        self.offset += len(data)
        return {
            "kind": "tensor", "dtype": DTYPES[value.dtype], "shape": list(value.shape),
            "offset": self.offset - len(data), "bytes": len(data)}

    def value(self, value, kind=""):
        """`kind` is the schema's type, which alone tells what an empty list is a list of."""
        if value is None or (isinstance(value, torch.layout)):
            return {"kind": "none"}
        if isinstance(value, torch.Tensor):
            return self.tensor(value)
        if isinstance(value, torch.dtype):
            return {"kind": "int", "int": DTYPES[value]}
        if isinstance(value, torch.memory_format):
            return {"kind": "int", "int": FORMATS[value]}
        if isinstance(value, torch.device):
            return {"kind": "device", "text": str(value)}
        if isinstance(value, torch.Generator):
            return {"kind": "generator", "int": value.initial_seed()}
        if isinstance(value, bool):
            return {"kind": "bool", "int": int(value)}
        if isinstance(value, int):
            # The boxed call takes the schema's type to the letter.
            return self.value(float(value)) if kind in ("float", "Optional[float]") else {"kind": "int", "int": value}
        if isinstance(value, float):
            return {"kind": "double", "int": struct.unpack("<q", struct.pack("<d", value))[0]}
        if isinstance(value, str):
            return {"kind": "string", "text": value}
        if isinstance(value, (list, tuple)):
            items = [self.value(item) for item in value]
            if "Optional[Tensor]" in kind:
                return {"kind": "optionalTensors", "items": items}
            for mark, name in (("Tensor", "tensors"), ("float", "doubles"), ("bool", "bools"), ("int", "ints")):
                if mark in kind:
                    return {"kind": name, "items": items}
        raise TypeError(f"cannot write {type(value)} of kind '{kind}'")


def copied(value):
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, list):
        return [copied(item) for item in value]
    if isinstance(value, torch.Generator):
        return generator()
    return value


def results(schema, output, writer):
    if not schema.returns:
        return []
    outputs = output if len(schema.returns) > 1 else [output]
    return [writer.value(value, str(r.type)) for value, r in zip(outputs, schema.returns)]


def called(operator, schema, parameters, values, writer):
    """One call and what it wrote: (results, what its arguments hold afterwards where it may write)."""
    values = [copied(value) for value in values]
    positional = [v for p, v in zip(parameters, values) if not p.kwarg_only]
    named = {p.name: v for p, v in zip(parameters, values) if p.kwarg_only}
    written = results(schema, operator(*positional, **named), writer)
    after = [
        {"index": index, "value": writer.value(value, str(p.type))}
        for index, (p, value) in enumerate(zip(parameters, values))
        if value is not None and (
            # The running statistics carry no mark in the schema, yet training changes them.
            p.name in ("running_mean", "running_var") or (p.alias_info is not None and p.alias_info.is_write))]
    return written, after


def cases_of(full_name, writer):
    name, _, overload = full_name.partition(".")
    schema = torch._C._get_schema("aten::" + name, overload)
    operator = getattr(getattr(torch.ops.aten, name), overload or "default")
    parameters = schema.arguments
    described = CASES.get(full_name, {})
    has_defaults = any(p.has_default_value() for p in parameters)
    random = any("Generator" in str(p.type) for p in parameters)
    called_with_defaults = False
    for number, case in enumerate(described if isinstance(described, list) else [described]):
        unknown = set(case) - {p.name for p in parameters}
        assert not unknown, f"{full_name} has no parameters {unknown}"
        torch.manual_seed(SEED + number)
        values = [argument(p, case) for p in parameters]
        required = [not p.has_default_value() for p in parameters]
        # Before the call, which may change them.
        arguments = [
            {
                "name": p.name, "required": r, "value": writer.value(v, str(p.type))
            } for p, r, v in zip(parameters, required, values)]
        written, after = called(operator, schema, parameters, values, writer)
        entry = {
            "operator": full_name, "number": number, "arguments": arguments, "results": written, "after": after,
            "comparesValues": full_name not in UNDEFINED_VALUES}
        if has_defaults and not random:
            few = [(p, v) for p, r, v in zip(parameters, required, values) if r]
            try:
                entry["resultsWithDefaults"], _ = called(
                    operator, schema, [p for p, _ in few], [v for _, v in few], writer)
                called_with_defaults = True
            except (RuntimeError, IndexError):
                pass  # the values of this case do not suit the defaults: another case must
        yield entry
    assert (called_with_defaults or random or not has_defaults or full_name in NEEDS_MORE_THAN_DEFAULTS
            ), "no case that can be called with the defaults alone"


def main():
    names = pathlib.Path(sys.argv[1]).read_text().split()
    folder = pathlib.Path(sys.argv[2])
    torch.set_num_threads(1)
    writer = Writer(folder / "tensors.bin")
    cases, failures = [], []
    for name in names:
        try:
            cases += cases_of(name, writer)
        except Exception as error:  # every one that is missing is named at once
            failures.append(f"{name}: {error}")
    if failures:
        sys.exit("\n".join(failures))
    writer.file.close()
    (folder / "cases.json").write_text(json.dumps(cases))
    print(len(cases))


if __name__ == "__main__":
    main()
