import { BACKUP_ID, BACKUPS, BEFORE, RESTORED } from "./names.ts";

/**
 * Brings databases back, in steps that can each be repeated (`$ACTION`):
 *
 * - `list`: the backups that are whole, newest first, and which databases each holds;
 * - `prepare`: reads the backup to its end, then restores it beside the live databases, which it does not touch;
 * - `swap`: the restored databases take the places of the live ones, all of them in one transaction;
 * - `undo`: the other way round;
 * - `discard`: removes what stands beside the live databases.
 *
 * A step that was done already is left out, so one that broke off is simply run again.
 */
export const RESTORE_SCRIPT = `
set -u
: "\${BACKUPS:=${BACKUPS}}"
fail() { echo "$*" >&2; exit 1; }
PGPASSWORD="$(cat "$SECRETS/admin-password")"
export PGPASSWORD
run() { psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 "$@"; }
alone() {
  exec 9> "$BACKUPS/.lock"
  flock --nonblock 9 || fail "a backup or another restore is under way; try again when it is done"
}

list() {
  ls "$BACKUPS" | grep -E '${BACKUP_ID}' | sort --reverse | while read -r id; do
    [ -f "$BACKUPS/$id/SHA256SUMS" ] || continue
    echo "$id $(sed 's/^[^ ]* [ *]//; s/\\.dump$//' "$BACKUPS/$id/SHA256SUMS" | tr '\\n' ' ' | sed 's/ $//')"
  done
}

prepare() {
  alone
  cd "$BACKUPS/$BACKUP" || fail "there is no backup $BACKUP"
  for database in $DATABASES; do
    [ -f "$database.dump" ] || fail "backup $BACKUP holds no database $database; choose others with --database"
    grep --fixed-strings " $database.dump" SHA256SUMS | sha256sum --check --quiet \\
      || fail "backup $BACKUP: $database.dump is not what was written; choose another backup"
    pg_restore --file=/dev/null "$database.dump" \\
      || fail "backup $BACKUP: $database.dump cannot be read; choose another backup"
  done
  echo "backup $BACKUP was read to its end"
  for database in $DATABASES; do
    run --set=owner="$database" --set=copy="\${database}${RESTORED}" --set=reader="$READER" <<'SQL'
DROP DATABASE IF EXISTS :"copy" WITH (FORCE);
CREATE DATABASE :"copy" OWNER :"owner";
REVOKE ALL ON DATABASE :"copy" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"copy" TO :"reader";
SQL
    pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --role="$database" \\
      --dbname="\${database}${RESTORED}" "$database.dump"
    run --dbname="\${database}${RESTORED}" --command='ANALYZE'
    echo "restored $database beside the live one"
  done
}

# Those of the databases that have a copy with the suffix $1.
having() {
  run --set=names="$DATABASES" --set=suffix="$1" <<'SQL'
SELECT name FROM unnest(string_to_array(:'names', ' ')) AS name JOIN pg_database ON datname = name || :'suffix';
SQL
}

# The copies with the suffix $1 become live, and what is live becomes the copies with the suffix $2.
exchange() {
  alone
  todo="$(having "$1")"
  [ -n "$todo" ] || { echo "nothing to exchange: it was done already"; return 0; }
  renames=
  for database in $todo; do
    echo 'DROP DATABASE IF EXISTS :"old" WITH (FORCE)' | run --set=old="\${database}$2"
    renames="$renames
ALTER DATABASE \\"$database\\" RENAME TO \\"\${database}$2\\";
ALTER DATABASE \\"\${database}$1\\" RENAME TO \\"$database\\";"
  done
  # Whoever is still connected is sent away; a new connection may slip in between, so that is tried again.
  tries=0
  until run > /dev/null <<SQL
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = ANY (string_to_array('$(echo $todo)', ' ')) AND pid <> pg_backend_pid();
BEGIN;$renames
COMMIT;
SQL
  do
    tries=$((tries + 1))
    [ "$tries" -lt 10 ] || fail "the databases are in use; nothing was changed"
    sleep 1
  done
  echo "now live: $(echo $todo)"
}

discard() {
  for database in $DATABASES; do
    for suffix in ${RESTORED} ${BEFORE}; do
      echo 'DROP DATABASE IF EXISTS :"copy" WITH (FORCE)' | run --set=copy="$database$suffix"
    done
  done
  echo "nothing stands beside the live databases"
}

case "$ACTION" in
  list) list ;;
  prepare) prepare ;;
  swap) exchange ${RESTORED} ${BEFORE} ;;
  undo) exchange ${BEFORE} ${RESTORED} ;;
  discard) discard ;;
  *) fail "unknown action $ACTION" ;;
esac
`.trimStart();
