#!/bin/bash
# Run once by the postgres image, on an empty volume: two databases, each with a role that sees no other.
set -euo pipefail

create() {
    psql --set ON_ERROR_STOP=1 --set name="$1" --set password="$2" --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
}

create airflow "$AIRFLOW_DB_PASSWORD"
create encore "$ENCORE_DB_PASSWORD"
