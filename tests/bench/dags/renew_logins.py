"""`keep_house`'s renewal of logins, once and by itself. `make bench` triggers it before anything is published; it is no
part of the product."""

from airflow.sdk import DAG, task

from encore_airflow.operators import house

with DAG(dag_id="renew_logins", schedule=None, catchup=False, tags=["benchmark"]) as dag:
    task(house.renew_tokens)()
