import { BACKUP_ID, BACKUPS } from "./names.ts";

/**
 * Saves every database, reads what was written to its end, and only then lets an old backup go. What is not whole has
 * another name, so that nobody takes it for a backup, however the script ends.
 *
 * All databases are dumped at the same time: what one service knows of another is then, but for a second, of the same
 * moment in both dumps.
 */
export const BACKUP_SCRIPT = `
set -u
umask 077
: "\${BACKUPS:=${BACKUPS}}"
PGPASSWORD="$(cat "$SECRETS/password")"
export PGPASSWORD

exec 9> "$BACKUPS/.lock"
flock --nonblock 9 || { echo "another backup or a restore is under way; try again when it is done" >&2; exit 1; }
rm -rf "$BACKUPS"/.new-*
until pg_isready --quiet; do sleep 1; done

id="$(date --utc +%Y%m%dT%H%M%SZ)"
new="$BACKUPS/.new-$id"
dumps=
leave() { for dump in $dumps; do kill "$dump" 2> /dev/null || true; done; rm -rf "$new"; }
trap leave EXIT
trap 'exit 143' TERM INT
mkdir "$new"
cd "$new"
for database in $DATABASES; do
  pg_dump --format=custom --no-password --lock-wait-timeout=60s --dbname="$database" --file="$database.dump" &
  dumps="$dumps $!"
done
for dump in $dumps; do wait "$dump"; done
dumps=

sha256sum -- *.dump > SHA256SUMS
sync --file-system .
for database in $DATABASES; do pg_restore --file=/dev/null "$database.dump"; done
sha256sum --check --quiet SHA256SUMS
mv --no-target-directory "$new" "$BACKUPS/$id"
sync --file-system "$BACKUPS"
echo "backup $id: $(du --bytes --summarize "$BACKUPS/$id" | cut --fields=1) bytes of $DATABASES"

ls "$BACKUPS" | grep -E '${BACKUP_ID}' | sort --reverse | tail --lines="+$((KEEP + 1))" | while read -r old; do
  rm -rf "$BACKUPS/$old"
  echo "removed $old: $KEEP newer ones are kept"
done
`.trimStart();
