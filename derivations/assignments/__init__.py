"""Assignments: ordered choices of problems; discovered by :mod:`derivations`."""
