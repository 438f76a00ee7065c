"""Datasets, samplers and loaders: what they yield is PyTorch's, and the order repeats with the seed."""

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import glassgrad as gg
from glassgrad.utils import data
from glassgrad.utils.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    DistributedSampler,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    default_convert,
    get_worker_info,
    random_split,
)  # fmt: skip


class Squares(Dataset):
    def __init__(self, n):
        self.n = n

    def __getitem__(self, i):
        return gg.tensor(float(i * i)), i

    def __len__(self):
        return self.n


class Stream(IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))


# ------------------------------------------------------------------------------------------------ datasets


def test_datasets_made_of_others():
    x, y = gg.arange(6).view(3, 2), gg.arange(3)
    pairs = TensorDataset(x, y)
    assert len(pairs) == 3 and pairs[1][0].tolist() == [2, 3] and pairs[-1][1].item() == 2
    both = Squares(2) + Squares(3)
    assert isinstance(both, ConcatDataset) and len(both) == 5 and [both[i][1] for i in range(5)] == [0, 1, 0, 1, 2] and both[-1][1] == 2
    assert [Subset(Squares(9), [3, 5])[i][1] for i in range(2)] == [3, 5]
    assert list(Stream(2) + Stream(3)) == [0, 1, 0, 1, 2] and list(ChainDataset([Stream(1)])) == [0]
    assert StackDataset(Squares(3), y)[2][1].item() == 2 and StackDataset(a=y)[1]["a"].item() == 1 and len(StackDataset(y)) == 3


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda: TensorDataset(gg.ones(2), gg.ones(3)), ValueError, "one length"), (lambda: ConcatDataset([]), ValueError, "at least one"),
    (lambda: ConcatDataset([Squares(2)])[2], IndexError, "out of range"), (lambda: ConcatDataset([Stream(1)]), ValueError, "ChainDataset"),
    (lambda: random_split(Squares(5), [2, 2]), ValueError, "add up to 4"), (lambda: Dataset()[0], NotImplementedError, "__getitem__"),
    (lambda: StackDataset(), ValueError, "keyword"), (lambda: StackDataset(gg.ones(2), gg.ones(3)), ValueError, "one length"),
    (lambda: iter(IterableDataset()), NotImplementedError, "__iter__"),
])  # fmt: skip
def test_what_datasets_refuse(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_random_split():
    parts = random_split(Squares(10), [3, 7], generator=gg.Generator().manual_seed(1))
    assert [len(part) for part in parts] == [3, 7] and sorted(i for part in parts for i in part.indices) == list(range(10))
    assert [len(part) for part in random_split(Squares(10), [0.35, 0.35, 0.3])] == [4, 3, 3]
    again = random_split(Squares(10), [3, 7], generator=gg.Generator().manual_seed(1))
    assert again[0].indices == parts[0].indices and [len(part) for part in random_split(Squares(1), [1])] == [1]


# ------------------------------------------------------------------------------------------------ samplers


def test_samplers_draw_what_they_say():
    data = range(5)
    assert list(SequentialSampler(data)) == list(range(5)) and len(RandomSampler(data)) == 5
    assert sorted(RandomSampler(data)) == list(range(5)) and sorted(list(RandomSampler(data, num_samples=12))[:10]) == sorted([*range(5)] * 2)
    drawn = list(RandomSampler(data, replacement=True, num_samples=200))
    assert len(drawn) == 200 and set(drawn) == set(range(5)) and all(type(i) is int for i in drawn)
    assert sorted(SubsetRandomSampler([7, 8, 9])) == [7, 8, 9]
    weighted = list(WeightedRandomSampler([0.0, 1.0, 3.0], 400))
    assert 0 not in weighted and 60 < weighted.count(1) < 140 and sorted(WeightedRandomSampler([1.0, 1, 1], 3, replacement=False)) == [0, 1, 2]
    assert list(BatchSampler(range(5), 2, False)) == [[0, 1], [2, 3], [4]] and list(BatchSampler(range(5), 2, True)) == [[0, 1], [2, 3]]
    assert len(BatchSampler(range(5), 2, False)) == 3 and len(BatchSampler(range(5), 2, True)) == 2


def test_shares_of_a_distributed_sampler_cover_the_dataset():
    for drop_last, n in ((False, 3), (True, 2)):
        shares = [DistributedSampler(range(5), 2, rank, drop_last=drop_last) for rank in range(2)]
        assert [len(share) for share in shares] == [n, n] == [len(list(share)) for share in shares]
        assert len({i for share in shares for i in share}) == (4 if drop_last else 5)
    assert list(DistributedSampler(range(5), 2, 1, shuffle=False)) == [1, 3, 0]
    share = DistributedSampler(range(50), 2, 0)
    first = list(share)
    share.set_epoch(1)
    assert list(share) != first and list(DistributedSampler(range(50), 2, 0)) == first
    with pytest.raises(RuntimeError, match="num_replicas= and rank="):
        DistributedSampler(range(5))


@pytest.mark.parametrize("make", [
    lambda: RandomSampler(range(3), num_samples=0), lambda: WeightedRandomSampler([1.0], 0), lambda: WeightedRandomSampler([[1.0]], 1),
    lambda: BatchSampler(range(3), 0, False), lambda: DistributedSampler(range(3), 2, 2),
])  # fmt: skip
def test_what_samplers_refuse(make):
    with pytest.raises(ValueError, match="must"):
        make()


# ------------------------------------------------------------------------------------------------ the loader


def test_batches():
    loader = DataLoader(Squares(5), batch_size=2)
    batches = list(loader)
    assert len(loader) == 3 and [b[0].tolist() for b in batches] == [[0, 1], [4, 9], [16]] and batches[0][1].dtype == gg.int64
    assert [b[1].tolist() for b in DataLoader(Squares(5), batch_size=2, drop_last=True)] == [[0, 1], [2, 3]]
    assert [b[1].tolist() for b in DataLoader(Squares(3), batch_sampler=[[2, 0], [1]])] == [[2, 0], [1]]
    assert [i for _, i in DataLoader(Squares(3), batch_size=None)] == [0, 1, 2] and len(DataLoader(Squares(3), batch_size=None)) == 3
    assert list(DataLoader(Squares(4), batch_size=2, collate_fn=len)) == [2, 2]
    assert [b.tolist() for b in DataLoader(Stream(5), batch_size=2)] == [[0, 1], [2, 3], [4]]
    assert [b.tolist() for b in DataLoader(Stream(5), batch_size=2, drop_last=True)] == [[0, 1], [2, 3]] and list(DataLoader(Stream(2), batch_size=None)) == [0, 1]


def test_shuffling_repeats_with_the_seed_and_differs_between_epochs():
    def epochs(**options):
        loader = DataLoader(Squares(20), batch_size=20, shuffle=True, **options)
        return [next(iter(loader))[1].tolist() for _ in range(2)]

    gg.manual_seed(5)
    first = epochs()
    gg.manual_seed(5)
    assert epochs() == first and first[0] != first[1] and sorted(first[0]) == list(range(20))
    assert epochs(generator=gg.Generator().manual_seed(5)) == first == epochs(generator=gg.Generator().manual_seed(5), num_workers=4, prefetch_factor=2)


def test_samplers_and_many_workers():
    loader = DataLoader(Squares(4), batch_size=2, sampler=[3, 1, 2], num_workers=2, pin_memory=True, persistent_workers=True)
    assert [b[1].tolist() for b in loader] == [[3, 1], [2]] and get_worker_info() is None
    assert gg.utils.data.DataLoader is DataLoader


@pytest.mark.parametrize("options", [
    {"shuffle": True, "sampler": [0]}, {"batch_sampler": [[0]], "batch_size": 2}, {"batch_size": 0}, {"batch_size": None, "drop_last": True},
    {"num_workers": -1}, {"prefetch_factor": 2}, {"persistent_workers": True},
])  # fmt: skip
def test_options_that_contradict_each_other(options):
    with pytest.raises(ValueError, match="DataLoader: "):
        DataLoader(Squares(3), **options)
    with pytest.raises(ValueError, match="gives its own order"):
        DataLoader(Stream(3), shuffle=True)


# ------------------------------------------------------------------------------------------------ collating

Pair = namedtuple("Pair", "a b")


def test_collating_as_in_pytorch():
    torch = pytest.importorskip("torch", reason="its default_collate is the reference")
    from torch.utils.data import default_collate as reference

    def told(x):
        if isinstance(x, (gg.Tensor, torch.Tensor)):
            return "tensor", str(x.dtype).removeprefix("torch."), x.tolist()
        if isinstance(x, dict):
            return type(x), {key: told(value) for key, value in x.items()}
        if isinstance(x, (list, tuple)) and not isinstance(x, str):
            return type(x), [told(value) for value in x]
        return x

    batches = [
        [1, 2], [1.5, 2.5], [True, False], ["a", "b"], [b"a", b"b"], [(1, 2.0), (3, 4.0)], [[1, 2], [3, 4]], [{"x": 1, "y": "s"}] * 2,
        [OrderedDict(x=1.0)] * 2, [Pair(1, 2.0)] * 2, [np.ones(2, np.float32)] * 2, [np.float32(1), np.float32(2)], [np.int64(1)] * 2, [((1, [2]), {"k": 3.0})] * 2,
    ]  # fmt: skip
    for batch in batches:
        assert told(default_collate(batch)) == told(reference(batch)), batch
    assert default_collate([gg.ones(2), gg.zeros(2)]).tolist() == [[1, 1], [0, 0]]


def test_what_collating_refuses():
    with pytest.raises(TypeError, match="no rule for object"):
        default_collate([object()])
    with pytest.raises(RuntimeError, match="different lengths"):
        default_collate([[1], [1, 2]])


def test_converting_single_items():
    x = default_convert({"a": np.ones(2), "b": [np.float32(1), "s"], "c": Pair(np.ones(1), 2)})
    assert x["a"].dtype == gg.float64 and x["b"][0].item() == 1 and x["b"][1] == "s" and x["c"].a.tolist() == [1]


class Plain(data.Dataset):
    """A dataset that the loader knows nothing of."""

    def __init__(self, dataset):
        self.dataset = dataset

    def __getitem__(self, index):
        return self.dataset[index]

    def __len__(self):
        return len(self.dataset)


def test_a_batch_of_whole_tensors_is_what_collating_the_items_gives():
    x, y = gg.arange(12.0).reshape(6, 2).requires_grad_(), gg.tensor([3, 1, 4, 1, 5, 9])
    whole = data.TensorDataset(x, y)
    for dataset in (whole, data.Subset(whole, [4, 0, 3]), data.Subset(data.Subset(whole, [4, 0, 3, 5]), [1, 3]), data.Subset(whole, gg.tensor([2, 1]))):
        for options in ({}, {"batch_size": 2}, {"batch_size": 4, "drop_last": True}, {"sampler": [1, 0, 1], "batch_size": 2}, {"sampler": gg.tensor([1, 0])}):
            fast, slow = (list(data.DataLoader(one, **options)) for one in (dataset, Plain(dataset)))
            assert [[part.tolist() for part in batch] for batch in fast] == [[part.tolist() for part in batch] for batch in slow]
            assert all(type(batch) is list and batch[0].requires_grad and batch[1].dtype == gg.int64 for batch in fast)
    batch = next(iter(data.DataLoader(whole, batch_size=6)))
    batch[1].zero_()
    assert y.tolist() == [3, 1, 4, 1, 5, 9]  # a copy
    batch[0].sum().backward()
    assert x.grad.tolist() == [[1, 1]] * 6


def test_items_are_stacked_whatever_they_are():
    for items in ([gg.tensor(1.0), gg.tensor(2.0)], [gg.ones(2), gg.zeros(2)], [gg.ones(0), gg.ones(0)], [np.ones(2), np.zeros(2)], [gg.ones(1), gg.ones(1).double()]):
        made = data.default_collate(items)
        expected = gg.stack([gg.as_tensor(item) for item in items])
        assert made.tolist() == expected.tolist() and made.dtype == expected.dtype and made.shape == expected.shape
    with pytest.raises((RuntimeError, ValueError), match="stack: all tensors must have one shape"):
        data.default_collate([gg.ones(1), gg.ones(2)])
