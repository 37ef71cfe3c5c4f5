"""PyTorch on the CPU, as a contestant: replays a tape of layers. Speaks the protocol of work.ts and answer.ts."""

import json
import os
import resource
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from sides import GivenSides, OwnSides

TYPES = {"F32": np.float32, "I32": np.int32}


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        data = np.frombuffer(body[start:end], TYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(data.copy())
    return tensors


def write_safetensors(path, tensors):
    header, chunks, offset = {}, [], 0
    for name, tensor in tensors.items():
        data = np.ascontiguousarray(tensor.detach().numpy(), np.float32).tobytes()
        ends = [offset, offset + len(data)]
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": ends}
        offset += len(data)
        chunks.append(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(chunks))


def resample(x, entry, material):
    """y[p, c] = sum over k of weight[p, k] x[index[p, k], c]; the six faces of an image are one list of pixels."""
    index = material[entry["name"] + " index"].long()
    weight = material[entry["name"] + " weight"]
    height, width = entry["height"], entry["width"]
    channels = x.shape[1]
    if entry["faces"] == "from":  # face-major: [6, N, C, h, w] to [N, C, 6 h w]
        images = x.shape[0] // 6
        pixels = x.reshape(6, images, channels, -1).permute(1, 2, 0, 3).reshape(images, channels, -1)
    else:
        images = x.shape[0]
        pixels = x.reshape(images, channels, -1)
    y = sum(pixels[:, :, index[:, k]] * weight[:, k] for k in range(index.shape[1]))
    if entry["faces"] == "from":
        return y.reshape(images, channels, height, width)
    y = y.reshape(images, channels, 6, height, width).permute(2, 0, 1, 3, 4)
    return y.reshape(6 * images, channels, height, width)


def replay(tape, image, material, training, sides=OwnSides()):
    values = [image]
    for entry in tape[1:]:
        op, name = entry["op"], entry.get("name")
        x, *more = [values[i] for i in entry["inputs"]]
        if op == "conv":
            bias = material.get(name + ".bias")
            y = F.conv2d(x, material[name + ".weight"], bias, entry["stride"], entry["padding"])
        elif op == "norm":
            parts = [material[f"{name}.{p}"] for p in ("running_mean", "running_var", "weight", "bias")]
            y = F.batch_norm(x, *parts, training=training)
        elif op == "sigmoid":
            y = entry["factor"] * torch.sigmoid(x)
        elif op == "max_pool":
            y = sides.max_pool(x)
        elif op == "relu":
            y = sides.relu(x)
        elif op == "upsample":
            y = F.interpolate(x, scale_factor=2, mode="nearest")
        elif op == "add":
            y = x + more[0]
        elif op == "concat":
            y = torch.cat([x, *more], 1)
        elif op == "resample":
            y = resample(x, entry, material)
        elif op == "average_pool":
            y = x.mean((2, 3))
        elif op == "linear":
            y = F.linear(x, material[name + ".weight"])
        elif op == "multiply_channels":
            y = x * more[0][:, :, None, None]
        elif op == "elu":
            y = F.elu(x)
        else:
            raise ValueError(f"Cannot replay \"{op}\": it is not known")
        values.append(y)
    return values[-1]


def berhu(error):
    c = 0.2 * error.max().detach()
    return torch.where(error <= c, error, (error * error + c * c) / (2 * c)).mean()


class Convolution:
    def __init__(self, request, material, _tape):
        work = request["work"]
        self.stride, self.padding = work["stride"], work["kernel"] >> 1
        self.x = material["image"].requires_grad_()
        self.weight = material["weight"].requires_grad_()
        self.upstream = material["upstream"]

    def step(self):
        y = F.conv2d(self.x, self.weight, None, self.stride, self.padding)
        dx, dw = torch.autograd.grad(y, [self.x, self.weight], self.upstream)
        return {"y": y, "dx": dx, "dw": dw}

    def check(self, _sides):
        return self.step(), None


class Training:
    def __init__(self, request, material, tape):
        self.material, self.tape = material, tape
        self.names = [n for n in material if n.endswith(".weight") or n.endswith(".bias")]
        self.trained = [material[n].requires_grad_() for n in self.names]
        self.optimiser = torch.optim.Adam(self.trained, lr=request["learningRate"])

    def step(self, sides=OwnSides()):
        prediction = replay(self.tape, self.material["image"], self.material, True, sides)
        loss = berhu(sides.size(prediction, self.material["truth"]))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        return loss

    def check(self, path):
        sides = GivenSides(read_safetensors(path)) if path else OwnSides()
        loss = self.step(sides)
        result = {"loss": loss.reshape(1)}
        result.update({f"d {n}": p.grad for n, p in zip(self.names, self.trained)})
        return result, sides.otherwise if path else None


class Inference:
    def __init__(self, _request, material, tape):
        self.material, self.tape = material, tape

    def step(self):
        with torch.no_grad():
            return replay(self.tape, self.material["image"], self.material, False)

    def check(self, _sides):
        return {"y": self.step()}, None


KINDS = {"convolution": Convolution, "training": Training, "inference": Inference}


def main():
    contestant = None
    for line in sys.stdin:
        request = json.loads(line)
        kind = request["kind"]
        if kind == "open":
            torch.set_num_threads(request["threads"])
            tape = json.load(open(request["tape"])) if "tape" in request else None
            work = request["work"]
            contestant = KINDS[work["kind"]](request, read_safetensors(request["material"]), tape)
            reply = {"kind": "opened", "versions": {"torch": torch.__version__}}
        elif kind == "check":
            result, otherwise = contestant.check(request.get("sides"))
            write_safetensors(request["to"], result)
            reply = {"kind": "checked", **({} if otherwise is None else {"otherwise": otherwise})}
        elif kind == "run":
            start, cpu = time.perf_counter(), time.process_time()
            for _ in range(request["iterations"]):
                contestant.step()
            count = request["iterations"]
            seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
            reply = {"kind": "ran", "seconds": seconds / count, "cpuSeconds": cpu / count}
        else:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            reply = {"kind": "closed", "peakMemory": peak}
        print(json.dumps(reply), flush=True)
        if kind == "close":
            os._exit(0)  # thread pools need not be torn down


main()
