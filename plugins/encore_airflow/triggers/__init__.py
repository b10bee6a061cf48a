"""What Encore waits for in Airflow's triggerer: due moments, requests, and posts that a platform is working on."""
