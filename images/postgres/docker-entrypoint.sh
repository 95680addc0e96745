#!/bin/bash
# Makes the database on the first start, then runs the server. Understands what the public image does:
# POSTGRES_PASSWORD, POSTGRES_USER, POSTGRES_DB and POSTGRES_INITDB_ARGS, each also as NAME_FILE,
# POSTGRES_HOST_AUTH_METHOD, PGDATA, and /docker-entrypoint-initdb.d.
set -Eeuo pipefail

# Sets NAME from the file that NAME_FILE names, else to a default.
setting() {
  local name=$1 file=${1}_FILE default=$2
  if [ -n "${!file:-}" ]; then
    if [ -n "${!name:-}" ]; then echo >&2 "$name and $file are both set; set one of them"; exit 1; fi
    printf -v "$name" %s "$(<"${!file}")"
  fi
  printf -v "$name" %s "${!name:-$default}"
}

run_sql() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --no-password "$@"; }

run_script() {
  case $1 in
    *.sh) if [ -x "$1" ]; then "$1"; else source "$1"; fi ;;
    *.sql) run_sql --dbname="$POSTGRES_DB" --file="$1" ;;
    *.sql.gz) gunzip --stdout "$1" | run_sql --dbname="$POSTGRES_DB" ;;
  esac
}

make_database() {
  setting POSTGRES_PASSWORD ""
  setting POSTGRES_USER postgres
  setting POSTGRES_DB "$POSTGRES_USER"
  setting POSTGRES_INITDB_ARGS ""
  export POSTGRES_USER POSTGRES_DB
  local method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256} making=$PGDATA.making options script
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
    echo >&2 "no password for the superuser: set POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD"
    exit 1
  fi
  # Made aside and renamed when it is whole, so that a start that breaks off is simply repeated.
  rm -rf "$making"
  if ! mkdir --parents "$making"; then
    echo >&2 "PGDATA=$PGDATA: its parent is not writable; set PGDATA to a sub-directory of the volume"
    exit 1
  fi
  read -ra options <<< "$POSTGRES_INITDB_ARGS"
  initdb --pgdata="$making" --username="$POSTGRES_USER" --auth-host="$method" \
    --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") ${options[@]+"${options[@]}"}
  printf 'host all all all %s\n' "$method" >> "$making/pg_hba.conf"

  export PGPASSWORD=$POSTGRES_PASSWORD
  pg_ctl --pgdata="$making" --wait --options="-c listen_addresses=''" start
  if [ "$POSTGRES_DB" != postgres ]; then
    run_sql --dbname=postgres --set=name="$POSTGRES_DB" <<< 'CREATE DATABASE :"name"'
  fi
  for script in /docker-entrypoint-initdb.d/*; do
    if [ -e "$script" ]; then run_script "$script"; fi
  done
  pg_ctl --pgdata="$making" --wait --mode=fast stop
  unset PGPASSWORD
  if [ -d "$PGDATA" ]; then rmdir "$PGDATA"; fi
  mv "$making" "$PGDATA"
}

if [ "${1:0:1}" = - ]; then set -- postgres "$@"; fi
if [ "${1:-}" = postgres ]; then
  if [ ! -s "$PGDATA/PG_VERSION" ]; then make_database; fi
  unset POSTGRES_PASSWORD
  shift
  # First, so that the caller's own option or configuration wins; Debian's default is localhost only.
  set -- postgres -c 'listen_addresses=*' "$@"
fi
exec "$@"
