import { BACKUP_ID, BACKUPS } from "./names.ts";

/** Name that the scripts know the bucket's service by. */
export const REMOTE = "bucket";

/**
 * Uploads the backup that was made on the volume, reads it back from the bucket, and only then lets an old one go. Its
 * checksums come last: a backup without them is none.
 */
export const UPLOAD_SCRIPT = `
set -u
: "\${BACKUPS:=${BACKUPS}}"
remote="${REMOTE}:$BUCKET"
id="$(ls "$BACKUPS" | grep -E '${BACKUP_ID}' | sort -r | head -n 1)"
[ -n "$id" ] || { echo "there is no backup to bring to the bucket" >&2; exit 1; }
rclone copy --exclude SHA256SUMS "$BACKUPS/$id" "$remote/$id"
rclone check --download --one-way --exclude SHA256SUMS "$BACKUPS/$id" "$remote/$id"
rclone copyto "$BACKUPS/$id/SHA256SUMS" "$remote/$id/SHA256SUMS"
echo "backup $id is in the bucket"
rclone lsf --dirs-only "$remote" | sed 's|/$||' | grep -E '${BACKUP_ID}' | sort -r |
  tail -n "+$((KEEP + 1))" | while read -r old; do
    rclone purge "$remote/$old"
    echo "removed $old: $KEEP newer ones are kept"
  done
`.trimStart();

/** Brings to the volume what the restoring script needs: one backup, or the checksums of all, which it lists. */
export const DOWNLOAD_SCRIPT = `
set -u
: "\${BACKUPS:=${BACKUPS}}"
remote="${REMOTE}:$BUCKET"
case "$ACTION" in
  list) rclone copy --include '*/SHA256SUMS' "$remote" "$BACKUPS" ;;
  prepare) rclone copy "$remote/$BACKUP" "$BACKUPS/$BACKUP" ;;
esac
`.trimStart();
