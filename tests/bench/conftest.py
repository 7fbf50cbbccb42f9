"""Benchmarks are run by ``make bench`` and not collected."""

collect_ignore_glob = ["bench_*.py", "peer_scripts/*.py", "__main__.py"]
