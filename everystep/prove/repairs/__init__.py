"""Repairs of claims that do not hold, one function a family; ``everystep.prove.hints`` tries them."""
