/**
 * Makes a role and the database it owns, or brings them to what they should be: running it again changes nothing.
 * The server may not be up yet, so it is waited for; the Job's deadline ends the wait.
 */
export const PROVISION_SCRIPT = `
until pg_isready --quiet; do sleep 1; done
PGPASSWORD="$(cat "$SECRETS/admin-password")"
export PGPASSWORD
exec psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \\
  --set=role="$ROLE" --set=connections="$CONNECTION_LIMIT" --set=verifier="$(cat "$SECRETS/verifier")" <<'SQL'
SELECT format('CREATE ROLE %I', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec
ALTER ROLE :"role" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  CONNECTION LIMIT :connections PASSWORD :'verifier';
SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \\gexec
ALTER DATABASE :"role" OWNER TO :"role";
REVOKE ALL ON DATABASE :"role", postgres, template1 FROM PUBLIC;
SQL
`.trimStart();
