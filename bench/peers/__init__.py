"""brest_ts beside peers, from the same table of hours: `python -m bench.peers` from the root of the checkout."""
