"""Does a network that reads presses in their order know more than our features, or add to them?

    python experiments/sequence_model.py SOURCE [--background N] [--gallery-sessions N]
        [--probe-sessions N ...] [--fewer N ...] [--epochs N] [--beside [ATTACKER ...]] [--seed N]

Trains a small convolutional network (PyTorch, one thread) to tell background people apart by single pieces;
a fifth of them are kept aside to stop by. A person is the mean of their pieces' places, two are compared by
cosine, normalised by the background, once as the network leaves it and once after a discriminant learnt on
the people kept aside. Prints rank-1 with 95 % intervals over people for each number of sessions in a probe,
and with ``--fewer`` for smaller backgrounds. With ``--beside`` our default line-up attacks too, and it is
printed what the network adds to its fusion: all weights are learnt in rehearsals on background people.
"""

import argparse
import importlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from reid.attackers import DEFAULT_ATTACKERS, ScoreMatrix
from reid.attackers.discriminant import discriminant_directions
from reid.attackers.fusion import FusionWeights
from reid.attackers.lookout import opening, typical_size
from reid.attackers.normalisation import s_norm, same_person, usual_variance
from reid.evaluation.attack import run_attack
from reid.evaluation.lineup import LineUp
from reid.evaluation.settings import SplitSettings
from reid.evaluation.speaking import AttackOutcome
from reid.evaluation.splits import Split, choose_people, make_split
from reid.events.reading import read_events
from reid.events.table import EventTable
from reid.features.layout import WARP_US
from reid.features.presses import Presses, presses_of
from reid.kernels import tally
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import mean_over_people, paired_difference
from reid.samples.table import PieceTable, SampleTable
from reid.seeding import Streams, hashed_order
from reid.typing import Float32Array, FloatArray, IntArray

N_KEYS, N_TIMINGS = 256, 4
KEY_SIZE, WIDTHS, PLACE_SIZE = 16, (64, 96), 128
CROP, LONGEST, BATCH = 40, 100, 128  # presses, presses, pieces
SHARE_ASIDE, CHECK_EVERY, PATIENCE = 0.2, 3, 3  # of people; epochs; checks without a better one
STEEPNESS, MARGIN = 20.0, 0.15  # of the softmax over people; by which the right cosine must lead
PRESSES_OF_KEY = 20  # as many presses' worth of a key's mean are added to that of a digraph
LEAST_LEARNT = 10  # people; fewer teach no direction in which people differ


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """The presses of all pieces as the network reads them."""

    key: IntArray  # (n_presses,)
    values: Float32Array  # (n_presses, 3 * N_TIMINGS): timings, how unusual for the digraph, which are known
    offsets: IntArray

    @property
    def n_inputs(self) -> int:
        return int(self.values.shape[1])

    def batch(self, pieces: IntArray, length: int, rng: np.random.Generator | None) -> tuple[Any, Any, Any]:
        """Return keys, values and which presses there are; a random run of each piece, or its beginning."""
        starts, sizes = self.offsets[pieces], np.diff(self.offsets)[pieces]
        length = min(length, max(int(sizes.max()), 1))
        room = np.maximum(sizes - length, 0)
        first = starts + (0 if rng is None else rng.integers(0, room + 1))
        steps = np.arange(length)
        there = steps < np.minimum(sizes, length)[:, None]
        rows = np.where(there, first[:, None] + steps, 0)
        return self.key[rows], self.values[rows] * there[:, :, None], there.astype(np.float32)


def sequences(pieces: PieceTable, learnt_on: IntArray) -> Sequences:
    """Warp the timings, and say how far each lies from the mean of its digraph on the people learnt on."""
    presses = presses_of(pieces)
    known_to_all = presses.of_pieces(learnt_on)
    key, digraph = _codes(presses)
    learnt_key, learnt_digraph = _codes(known_to_all)
    columns: list[FloatArray] = []
    for quantity in (tally.HOLD, tally.UD, tally.DD, tally.UU):
        timing, learnt = _warped(presses, quantity), _warped(known_to_all, quantity)
        mean, spread = np.nanmean(learnt), np.nanstd(learnt)
        of_key = _means(learnt, learnt_key, N_KEYS, np.full(N_KEYS, mean))
        of_pair = _means(learnt, learnt_digraph, N_KEYS**2, np.tile(of_key, N_KEYS))
        columns += [(timing - mean) / spread, (timing - of_pair[digraph]) / spread, ~np.isnan(timing)]
    values = np.nan_to_num(np.stack(columns, axis=1)).astype(np.float32)
    return Sequences(key, values, presses.offsets)


def _codes(presses: Presses) -> tuple[IntArray, IntArray]:
    key = presses.key.astype(np.int64)
    return key, np.concatenate([[0], key[:-1]])[: key.size] * N_KEYS + key


def _warped(presses: Presses, quantity: int) -> FloatArray:
    timing_us = {
        tally.HOLD: presses.hold_us,
        tally.UD: presses.ud_us,
        tally.DD: presses.dd_us,
        tally.UU: presses.uu_us,
    }[quantity]
    low_us, high_us, shift_us = WARP_US[quantity]
    return np.asarray(np.log(np.clip(timing_us, low_us, high_us) + shift_us))


def _means(values: FloatArray, code: IntArray, n_codes: int, prior: FloatArray) -> FloatArray:
    known = ~np.isnan(values)
    count = np.bincount(code[known], minlength=n_codes)
    total = np.bincount(code[known], values[known], minlength=n_codes)
    return np.asarray((total + PRESSES_OF_KEY * prior) / (count + PRESSES_OF_KEY))


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A network that has learnt, and the people by whom it was stopped."""

    torch: ModuleType
    network: Any
    sequences: Sequences
    aside: SampleTable
    placed: Float32Array | None = None  # of all pieces, once nothing is learnt any more

    def finished(self) -> "Trained":
        """Return the same with all pieces placed."""
        return replace(self, placed=self.places(np.arange(self.sequences.offsets.size - 1)))

    def places(self, pieces: IntArray) -> Float32Array:
        """Return a unit vector per piece: (n_pieces, PLACE_SIZE)."""
        found = []
        by_size = np.argsort(np.diff(self.sequences.offsets)[pieces], kind="stable")
        with self.torch.no_grad():
            for start in range(0, pieces.size, BATCH):
                some = pieces[by_size[start : start + BATCH]]
                found.append(place(self.torch, self.network, self.sequences.batch(some, LONGEST, None)))
        together = np.empty((pieces.size, PLACE_SIZE), dtype=np.float32)
        together[by_size] = self.torch.cat(found).numpy()
        return together

    def vectors(self, samples: SampleTable) -> Float32Array:
        """Return the mean place of each sample's pieces: (n_samples, PLACE_SIZE)."""
        offsets, members = samples.membership()
        if self.placed is None:
            distinct, where = np.unique(members, return_inverse=True)
            places = self.places(distinct)[where]
        else:
            places = self.placed[members]
        sums = np.add.reduceat(places, offsets[:-1], axis=0)
        return np.asarray(sums / np.diff(offsets)[:, None], dtype=np.float32)


def new_network(torch: ModuleType, n_inputs: int) -> Any:
    nn = torch.nn
    narrow, wide = WIDTHS
    return nn.ModuleDict(
        {
            "of_key": nn.Embedding(N_KEYS, KEY_SIZE),
            "reading": nn.Sequential(
                nn.Conv1d(KEY_SIZE + n_inputs, narrow, 5, padding=2),
                nn.ReLU(),
                nn.Conv1d(narrow, wide, 3, padding=1),
                nn.ReLU(),
            ),
            "placing": nn.Sequential(nn.Dropout(0.2), nn.Linear(2 * wide, PLACE_SIZE)),
        }
    )


def place(torch: ModuleType, network: Any, batch: tuple[Any, Any, Any]) -> Any:
    """Return unit vectors: mean and spread over the presses of what the convolutions see, then one layer."""
    key, values, there = (torch.from_numpy(one) for one in batch)
    read = network["reading"](torch.cat([network["of_key"](key), values], dim=2).transpose(1, 2))
    there = there[:, None, :]
    count = there.sum(dim=2).clamp(min=1)
    mean = (read * there).sum(dim=2) / count
    spread = (((read - mean[:, :, None]) ** 2 * there).sum(dim=2) / count + 1e-4).sqrt()
    return torch.nn.functional.normalize(network["placing"](torch.cat([mean, spread], dim=1)), dim=1)


def trained(torch: ModuleType, train: SampleTable, gallery_size: int, seed: int, epochs: int) -> Trained:
    """Learn to tell four fifths of the people apart, until the others are recognised no better."""
    torch.manual_seed(seed)
    rng = Streams(seed, ("sequence model",))("batches")
    order = hashed_order(train.subjects, seed, "aside")
    n_aside = max(2, round(SHARE_ASIDE * len(order)))
    aside = train.of_people([train.subjects[number] for number in order[:n_aside]])
    learnt = train.of_people([train.subjects[number] for number in order[n_aside:]])
    single = learnt.split_up()
    pieces, person = single.membership()[1], single.subject_numbers()
    read = sequences(train.pieces, pieces)
    network = new_network(torch, read.n_inputs)
    people = torch.nn.Parameter(torch.randn(len(learnt.subjects), PLACE_SIZE))
    optimizer = torch.optim.AdamW([*network.parameters(), people], lr=3e-3, weight_decay=1e-3)
    n_steps = epochs * -(-pieces.size // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=n_steps)
    best, kept, waited = -1.0, network.state_dict(), 0
    for epoch in range(1, epochs + 1):
        network.train()
        shuffled = rng.permutation(pieces.size)
        for start in range(0, shuffled.size, BATCH):
            rows = shuffled[start : start + BATCH]
            truth = torch.from_numpy(person[rows])
            cosine = place(torch, network, read.batch(pieces[rows], CROP, rng)) @ (
                torch.nn.functional.normalize(people, dim=1).T
            )
            led = cosine - MARGIN * torch.nn.functional.one_hot(truth, len(learnt.subjects))
            loss = torch.nn.functional.cross_entropy(STEEPNESS * led, truth)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        if epoch % CHECK_EVERY and epoch < epochs:
            continue
        network.eval()
        rate = recognised(Trained(torch, network, read, aside), gallery_size)
        print(f"  epoch {epoch}: loss {loss.item():.2f}, of those aside {rate:.3f}", flush=True)
        if rate > best:
            best, waited = rate, 0
            kept = {name: one.clone() for name, one in network.state_dict().items()}
        else:
            waited += 1
        if waited == PATIENCE:
            break
    network.load_state_dict(kept)
    network.eval()
    return Trained(torch, network, read, aside).finished()


def recognised(model: Trained, gallery_size: int) -> float:
    """Return the rank-1 of single later pieces of the people aside against their first ones."""
    single = model.aside.split_up()
    person, vectors = single.subject_numbers(), model.vectors(single)
    nth = np.concatenate([np.arange(count) for count in np.bincount(person)])
    first = nth < gallery_size
    templates = unit(np.stack([vectors[first & (person == one)].mean(axis=0) for one in np.unique(person)]))
    named = (vectors[~first] @ templates.T).argmax(axis=1)
    return float(np.mean(named == person[~first]))


def unit(vectors: Float32Array) -> Float32Array:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))


MODELS: dict[tuple[str, ...], Trained] = {}  # by the people learnt from: probes of any length share them


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceModel:
    """The network as an attacker."""

    name: ClassVar[str] = "sequence-model"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    discriminant: bool
    epochs: int
    seed: int
    n_nearest: int = 100

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledModel":
        if train.subjects not in MODELS:
            size = typical_size(gallery)
            MODELS[train.subjects] = trained(network_library(), train, size, self.seed, self.epochs)
        return EnrolledModel(self, MODELS[train.subjects], train, gallery)


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledModel:
    """The network with the people enrolled and the cohort."""

    settings: SequenceModel
    model: Trained
    train: SampleTable
    gallery: SampleTable

    def score(self, probes: SampleTable) -> ScoreMatrix:
        cohort = opening(self.train, typical_size(self.gallery))
        vectors = [self.model.vectors(one) for one in (probes, self.gallery.pooled(), cohort)]
        if self.settings.discriminant and len(self.model.aside.subjects) >= LEAST_LEARNT:
            single = self.model.aside.split_up()
            owner = single.subject_numbers()
            mean, directions = discriminant_directions(
                self.model.vectors(single), owner, np.ones(owner.size), PLACE_SIZE, 0.3
            )
            vectors = [((one - mean) @ directions).astype(np.float32) for one in vectors]
        probed, enrolled, others = (unit(one).astype(np.float64) for one in vectors)
        same = same_person(self.gallery.subjects, cohort.subjects)
        n_nearest = self.settings.n_nearest
        scores = s_norm(
            probed @ enrolled.T,
            probed @ others.T,
            np.where(same, np.nan, enrolled @ others.T),
            same,
            n_nearest,
            usual=usual_variance(others @ others.T, n_nearest),
            one_scale=True,
        )
        return ScoreMatrix(scores, self.gallery.subjects, tuple(probes.subject_ids))


def network_library() -> ModuleType:
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        raise SystemExit("This experiment needs PyTorch; install it: pip install torch.") from None
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    return torch


def hits(matrix: ScoreMatrix) -> FloatArray:
    return rank_k_hits(*ranks(matrix.scores, matrix.truth()), len(matrix.people), 1)


def split_of(events: EventTable, options: argparse.Namespace, n_probed: int) -> Split:
    settings = SplitSettings(
        regime="population",
        background=options.background,
        gallery_sessions=options.gallery_sessions,
        probe_sessions=n_probed,
        seed=options.seed,
    )
    return make_split(events, choose_people(events.subjects, settings), settings)


def alone(split: Split, models: Mapping[str, SequenceModel]) -> None:
    """Print how many are recognised by the network alone."""
    for name, model in models.items():
        matrix = model.enrol(split.train, split.gallery).score(split.probes)
        found = hits(matrix)
        rate = mean_over_people(found, np.zeros(found.size), matrix.truth())
        print(f"  {rate.value:.4f} ({rate.low:.4f} to {rate.high:.4f})  {name}", flush=True)


def beside(split: Split, models: Mapping[str, SequenceModel], ours: Sequence[str]) -> None:
    """Print what the network adds to the fusion of our attackers, and to each of them alone."""
    lineup = LineUp.of(ours)
    outcome = run_attack(split, lineup.joined_by(models))
    for members in (*([name] for name in lineup.singles), list(lineup.singles)):
        before, after = (fused(outcome, names) for names in (members, [*members, *models]))
        gain = paired_difference(hits(after), hits(before), after.truth())
        print(
            f"  {hits(before).mean():.4f} to {hits(after).mean():.4f},"
            f" {gain.value:+.4f} ({gain.low:+.4f} to {gain.high:+.4f})"
            f"  {members[0] if len(members) == 1 else 'fusion of all of ours'}",
            flush=True,
        )


def fused(outcome: AttackOutcome, names: Sequence[str]) -> ScoreMatrix:
    """Sum the scores of some attackers by what the rehearsals teach of these alone."""
    rehearsed = [{name: one[name] for name in names} for one in outcome.rehearsed]
    return FusionWeights.learn(rehearsed, names).combined(outcome.scores)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--background", type=int)
    parser.add_argument("--gallery-sessions", type=int)
    parser.add_argument("--probe-sessions", type=int, nargs="+", default=[1])
    parser.add_argument("--fewer", type=int, nargs="+", default=[])
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--beside", nargs="*", metavar="ATTACKER", help="by default the whole line-up")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.process_time()
    network_library()
    events = read_events(options.source)
    splits = {n_probed: split_of(events, options, n_probed) for n_probed in options.probe_sessions}
    models = {
        name: SequenceModel(discriminant=further, epochs=options.epochs, seed=options.seed)
        for name, further in (("network", False), ("network, then discriminant", True))
    }
    subjects = next(iter(splits.values())).train.subjects
    order = hashed_order(subjects, options.seed, "fewer")
    for n_people in (*options.fewer, len(subjects)):
        some = sorted(subjects[number] for number in order[:n_people])
        for n_probed, split in splits.items():
            fewer = replace(split, train=split.train.of_people(some))
            print(f"{n_people} background people, {n_probed} sessions in a probe, rank-1 alone:", flush=True)
            alone(fewer, models)
            print(f"  ({time.process_time() - started:.0f} s of processor time so far)", flush=True)
    if options.beside is not None:
        for n_probed, split in splits.items():
            print(f"{n_probed} sessions in a probe, without the network and with it:", flush=True)
            beside(split, models, options.beside or DEFAULT_ATTACKERS)
            print(f"  ({time.process_time() - started:.0f} s of processor time so far)", flush=True)


if __name__ == "__main__":
    main()
