#!/bin/sh
# Makes each service's role and database, when the server is made.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username=postgres --file=/stores/postgres/10-databases.sql
