"""What PyTorch says of every reference network: initial weights, logits, gradients, second derivatives.

    networks_parity.py CASES.json FOLDER

For each case {"name", "network", "settings", "batch"} one FOLDER/NAME.safetensors.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks" / "peers"))
from networks import NETWORKS  # noqa: E402

SEED = 7


def values(case, dtype):
    torch.manual_seed(SEED)
    model = NETWORKS[case["network"]](**case["settings"])
    if hasattr(model, "draw"):  # again, without the defaults that constructors draw first
        torch.manual_seed(SEED)
        model.draw()
    fresh = {k: v.clone() for k, v in model.state_dict().items()}
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():  # away from the starting values, where scale, shift and statistics would hide mistakes
        for name, tensor in model.state_dict().items():
            if name.endswith("num_batches_tracked"):
                tensor.fill_(3)
            elif name.endswith("running_var"):
                tensor.uniform_(0.5, 2, generator=generator)
            elif tensor.dim() == 1 or not tensor.any():
                tensor.add_(torch.randn(tensor.shape, generator=generator) * 0.2)
    model = model.to(dtype)
    channels, size = case["settings"].get("channels", 3), case["settings"].get("size", 32)
    x = torch.randn(case["batch"], channels, size, size, generator=generator).to(dtype)
    labels = torch.randint(0, case["settings"].get("classes", 10), (case["batch"],), generator=generator)
    out = {"input": x.clone(), "labels": labels}
    out |= {f"fresh.{k}": v for k, v in fresh.items()}
    out |= {f"weights.{k}": v.clone() for k, v in model.state_dict().items()}

    model.eval()
    with torch.no_grad():
        out["logits"] = model(x)

    model.train()
    x.requires_grad_()
    parameters = dict(model.named_parameters())
    loss = F.cross_entropy(model(x), labels)
    gradient = torch.autograd.grad(loss, list(parameters.values()), create_graph=True)
    out |= {f"gradient.{k}": g.detach().contiguous() for k, g in zip(parameters, gradient)}
    out |= {f"after.{k}": v.clone() for k, v in model.named_buffers()}
    # Second derivatives, as trajectory matching and Hessian products take them.
    squared = sum((g * g).sum() for g in gradient)
    second = torch.autograd.grad(squared, [x, *parameters.values()])
    out["second.input"] = second[0].contiguous()
    out |= {f"second.{k}": g.contiguous() for k, g in zip(parameters, second[1:])}
    return {k: v.detach() for k, v in out.items()}


def main():
    torch.set_num_threads(1)
    cases = json.loads(Path(sys.argv[1]).read_text())
    for case in cases:
        for dtype in (torch.float32, torch.float64):
            name = f"{case['name']}-{'float64' if dtype == torch.float64 else 'float32'}"
            save_file(values(case, dtype), Path(sys.argv[2]) / f"{name}.safetensors")


if __name__ == "__main__":
    main()
