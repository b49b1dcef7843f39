"""Checking documents that people wrote: the reader's statements judged by the prover.

May import all of the engine.
"""
