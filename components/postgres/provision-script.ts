/**
 * Makes a role and the database it owns, or brings them to what they should be: running it again changes nothing.
 * The server may not be up yet, so it is waited for; the Job's deadline ends the wait.
 *
 * The administrator may be no superuser, as a cloud's is not. Then it has to be a member of the role to give it a
 * database, and may not even mention the rights of superusers: they are taken away only where somebody gave them.
 */
export const PROVISION_SCRIPT = `
until pg_isready --quiet; do sleep 1; done
PGPASSWORD="$(cat "$SECRETS/admin-password")"
export PGPASSWORD
exec psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \\
  --set=role="$ROLE" --set=connections="$CONNECTION_LIMIT" \\
  --set=monitors="$MONITORS" --set=verifier="$(cat "$SECRETS/verifier")" <<'SQL'
SELECT format('CREATE ROLE %I', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \\gexec
ALTER ROLE :"role" WITH LOGIN NOCREATEDB NOCREATEROLE CONNECTION LIMIT :connections PASSWORD :'verifier';
SELECT format('ALTER ROLE %I WITH NOSUPERUSER NOREPLICATION NOBYPASSRLS', rolname) FROM pg_roles
  WHERE rolname = :'role' AND (rolsuper OR rolreplication OR rolbypassrls) \\gexec
SELECT format('GRANT %I TO CURRENT_USER', :'role')
  WHERE NOT pg_has_role(CURRENT_USER, :'role', 'USAGE') \\gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'role', :'role')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'role') \\gexec
ALTER DATABASE :"role" OWNER TO :"role";
SELECT format('GRANT pg_monitor TO %I', :'role')
  WHERE :'monitors' = 'true' AND NOT pg_has_role(:'role', 'pg_monitor', 'MEMBER') \\gexec
REVOKE ALL ON DATABASE :"role" FROM PUBLIC;
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', datname) FROM pg_database
  WHERE datname IN ('postgres', 'template1') AND pg_has_role(CURRENT_USER, datdba, 'USAGE') \\gexec
SQL
`.trimStart();
