"""Many cells under one declaration: declare, plan, run, resume, compare."""
