# Training steps of PyTorch on one thread: the contestant of bench/train.ts. Each line on standard input names a network; the
# answer is the seconds of one step in time of the CPU, on a line of its own.
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)


class Block(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.shortcut = nn.Identity()
        if stride > 1 or channels != filters:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + self.shortcut(x))


def resnet18():
    widths = [64, 64, 128, 128, 256, 256, 512, 512]
    blocks = [Block(before, width, 2 if width > before else 1) for before, width in zip([64, *widths], widths)]
    stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    return nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000))


def lenet5():
    convolutions = [nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)]
    dense = [nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)]
    return nn.Sequential(*convolutions, nn.Flatten(), *dense)


def steps(network, shape, classes):
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-5, momentum=0.9)
    loss_of = nn.CrossEntropyLoss()
    size = torch.Size(shape).numel()
    inputs = (torch.arange(size) * 37 % 256 / 255 - 0.5).reshape(shape)
    targets = torch.arange(shape[0]) * 7 % classes
    while True:
        start = time.process_time()
        optimizer.zero_grad()
        loss = loss_of(network(inputs), targets)
        loss.backward()
        optimizer.step()
        loss.item()
        yield time.process_time() - start


networks = {"lenet5": steps(lenet5(), (32, 1, 32, 32), 10), "resnet18": steps(resnet18(), (8, 3, 64, 64), 1000)}
print(torch.__version__, flush=True)
for line in sys.stdin:
    print(next(networks[line.strip()]), flush=True)
