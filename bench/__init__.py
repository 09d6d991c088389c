"""What brest_ts costs, measured in fresh processes: `python -m bench` from the root of the checkout."""
