/**
 * Makes the role that backups are made with, or brings it to what it should be: it may read everything in the
 * services' databases, and change nothing. Running it again changes nothing.
 */
export const ROLE_SCRIPT = `
until pg_isready --quiet; do sleep 1; done
PGPASSWORD="$(cat "$SECRETS/admin-password")"
export PGPASSWORD
run() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=role="$ROLE" "$@"; }
run --set=verifier="$(cat "$SECRETS/verifier")" <<'SQL'
SELECT format('CREATE ROLE %I', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec
ALTER ROLE :"role" WITH LOGIN NOCREATEDB NOCREATEROLE CONNECTION LIMIT 32 PASSWORD :'verifier';
GRANT pg_read_all_data TO :"role";
SQL
for database in $DATABASES; do
  # It may be about to be made; the Job's deadline ends the wait.
  until echo "SELECT 'there' FROM pg_database WHERE datname = :'database'" |
    run --set=database="$database" | grep --quiet there; do sleep 1; done
  echo 'GRANT CONNECT ON DATABASE :"database" TO :"role"' | run --set=database="$database"
done
`.trimStart();
