"""Who comes to the school and who leaves it. Their users and passwords are Airflow's."""
