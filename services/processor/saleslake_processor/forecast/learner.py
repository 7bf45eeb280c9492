"""The direct learner: a linear part, and LightGBM on what that leaves; one model for all series and horizons.

Trees are poor at proportions ("as much as last week, and as much more as a year ago"), of which most of a
department's sales consist; a linear part that knows a few of them leaves the trees what is peculiar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

THREADS = 1
"""More of them wait for one another longer than they work, on data of this size."""

PARAMETERS = {
    "objective": "regression",
    "learning_rate": 0.07,
    "num_leaves": 20,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 1.0,
    "max_bin": 63,
    "verbosity": -1,
    "num_threads": THREADS,
    "deterministic": True,
    "force_row_wise": True,
}
ROUNDS = 180
_FEW = 20
"""Rows to a leaf at most, of a short history."""

_PROPORTIONS = ("same_", "mean_", "year_", "lift_", "last")
"""Beginnings of the names of features that are shares of the level, or factors to it."""
_FACTORS = ("lift_", "year_lift_around")
"""Of those, what the season's level is multiplied by."""
_SEASON = "same_8"
_CLIPPED = 8.0
_RIDGE = 0.01

WILD = 30.0
"""Levels beyond which a target is taken as this many: one order of a wholesaler is no demand to be learnt."""


@dataclass(frozen=True)
class Learner:
    """A taught one: the linear part's weights, and the trees."""

    names: tuple[str, ...]
    weights: np.ndarray
    trees: lightgbm.Booster

    def text(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "names": list(self.names),
            "weights": self.weights.tolist(),
            "trees": self.trees.model_to_string(),
        }

    @classmethod
    def of_text(cls, text: dict[str, Any]) -> "Learner":
        """Of what `text` gave."""
        trees = lightgbm.Booster(model_str=text["trees"])
        return cls(tuple(text["names"]), np.array(text["weights"]), trees)

    def predict(self, features: np.ndarray) -> np.ndarray:
        """Expected values relative to the level, a row each."""
        linear = _design(features, self.names) @ self.weights
        found = self.trees.predict(features, num_threads=THREADS)
        return np.asarray(linear + np.asarray(found))

    def contributions(
        self, features: np.ndarray, groups: Sequence[str]
    ) -> tuple[tuple[str, ...], np.ndarray]:
        """What each group of features adds to the prediction (`pred_contrib`, and the linear terms, as they
        differ from those of a proportion of 1); `base` is what there is without any. Groups, and a column for
        each; a row's add up to its prediction."""
        of_trees = np.asarray(self.trees.predict(features, pred_contrib=True, num_threads=THREADS))
        terms = _design(features, self.names) * self.weights
        kept = _chosen(self.names)
        names = tuple(dict.fromkeys(groups))
        out = np.zeros((len(features), len(names) + 1))
        for place, group in enumerate(groups):
            out[:, names.index(group)] += of_trees[:, place]
        owners = [groups[index] for index in kept]
        owners += ["season"] * (terms.shape[1] - 1 - len(kept))
        for place, group in enumerate(owners, start=1):
            out[:, names.index(group)] += terms[:, place] - self.weights[place]
        out[:, -1] += self.weights[1:].sum()
        out[:, -1] += of_trees[:, -1] + terms[:, 0]
        return (*names, "base"), out


def taught(
    names: tuple[str, ...],
    features: np.ndarray,
    values: np.ndarray,
    weights: np.ndarray,
    seed: int,
    categories: Sequence[str] = (),
) -> Learner:
    """Teach values relative to their levels, by the squared error with row weights."""
    values = np.clip(values, -WILD, WILD)
    weights = weights / weights.mean()
    design = _design(features, names)
    scaled = design * weights[:, None]
    ridge = _RIDGE * len(design) * np.eye(design.shape[1])
    ridge[0, 0] = 0
    linear = np.linalg.solve(design.T @ scaled + ridge, scaled.T @ values)
    parameters = {
        **PARAMETERS,
        "seed": seed,
        "min_data_in_leaf": int(np.clip(len(values) // 100, _FEW, PARAMETERS["min_data_in_leaf"])),  # type: ignore[call-overload]  # a number
    }
    data = lightgbm.Dataset(
        features,
        values - design @ linear,
        weight=weights,
        feature_name=list(names),
        categorical_feature=list(categories),
    )
    return Learner(names, linear, lightgbm.train(parameters, data, ROUNDS))


def _chosen(names: Sequence[str]) -> list[int]:
    return [at for at, name in enumerate(names) if name.startswith(_PROPORTIONS) and "growth" not in name]


def _design(features: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Ones, the proportions, and the season's level times the factors of the year; unknown ones are 1."""
    found = np.nan_to_num(features[:, _chosen(names)].astype(float), nan=1.0)
    columns = [np.ones((len(features), 1)), np.clip(found, -_CLIPPED, _CLIPPED)]
    season = [at for at, name in enumerate(names) if name == _SEASON]
    for at in season:
        same = np.clip(np.nan_to_num(features[:, at].astype(float), nan=1.0), 0, _CLIPPED)
        for place in (place for place, name in enumerate(names) if name.startswith(_FACTORS)):
            factor = np.nan_to_num(features[:, place].astype(float), nan=1.0)
            columns.append((same * np.clip(factor, 0.2, 5.0))[:, None])
    return np.concatenate(columns, axis=1)
