"""Running the notebooks: their parameters, the plan of runs, the workers, the reference copies."""
