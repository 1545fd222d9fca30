"""What the courses of species over time span, and how that turns as constants move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prenuc.arrays import Array
    from prenuc.infer.calibration.candidate import Part

ALIKE = 1e-3  # of unit courses: what two species that keep step differ by


def span_of(species: Sequence[Part], m: int) -> Array:
    """Return orthonormal columns that span the courses of species, shape (m, s).

    Args:
        species: Those with a course.
        m: Measurements.
    """
    left, size, _ = _directions(species, m)
    span: Array = left[:, size > ALIKE]
    return span


def turn_of(species: Sequence[Part], count: int, m: int) -> Array:
    """Return how the projector onto :func:`span_of` turns, shape (constants, m, m).

    With C = U S Vᵀ the unit courses, k a direction that is kept, d one that is not: A + Aᵀ,

        A = [(1 − U Uᵀ) Ċ V_k S_k⁻¹ + U_d G] U_kᵀ,   G_dk = u_dᵀ (Ċ Cᵀ + C Ċᵀ) u_k / (s_k² − s_d²)

    the first-order perturbation of an invariant subspace of C Cᵀ (Stewart and Sun 1990, Matrix
    Perturbation Theory, section V.2).

    Args:
        species: Those with a course, and its slopes.
        count: Constants.
        m: Measurements.
    """
    left, size, right = _directions(species, m)
    kept = size > ALIKE
    moved = [_unit_slopes(one) for one in species if _there(one)]
    c = np.array(moved).reshape(len(moved), count, m).transpose(1, 2, 0)  # Ċ
    inside = left.T @ c @ right.T  # Uᵀ Ċ V
    beyond = outside(left, c @ right.T)[..., kept] / size[kept]
    along_kept = inside[:, ~kept][..., kept] * size[kept]
    along_others = inside[:, kept][..., ~kept].transpose(0, 2, 1) * size[~kept, None]
    mixed = (along_kept + along_others) / (size[kept] ** 2 - size[~kept, None] ** 2)
    half = (beyond + left[:, ~kept] @ mixed) @ left[:, kept].T
    turn: Array = half + half.transpose(0, 2, 1)
    return turn


def outside(span: Array, columns: Array) -> Array:
    """Return what lies outside of a span, same shape.

    Args:
        span: Orthonormal columns, shape (m, s).
        columns: Shape (…, m, r).
    """
    beyond: Array = columns - span @ (span.T @ columns)
    return beyond


def _there(species: Part) -> bool:
    return species.course is not None and bool(species.course.any())


def _unit(species: Part) -> tuple[Array, float]:
    """Return a course of unit length, and its length."""
    course = np.asarray(species.course)
    length = float(np.linalg.norm(course))
    return course / length, length


def _unit_slopes(species: Part) -> Array:
    """Return the derivatives of the course of unit length, shape (constants, m)."""
    unit, length = _unit(species)
    moved = species.course_slopes
    return (moved - np.outer(moved @ unit, unit)) / length


def _directions(species: Sequence[Part], m: int) -> tuple[Array, Array, Array]:
    """Return the singular value decomposition of the courses of unit length."""
    unit = [_unit(one)[0] for one in species if _there(one)]
    left, size, right = np.linalg.svd(np.array(unit).reshape(-1, m).T, full_matrices=False)
    return left, size, right
