"""What Encore waits for in Airflow's triggerer: due moments, requests, posts that a platform is
working on, and people."""
