"""What can be written: shapes, expressions, functions, contexts.  May import SymPy only."""
