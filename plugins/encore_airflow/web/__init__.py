"""Pages and files that Encore serves from Airflow's API server."""
