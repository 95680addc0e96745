/** Role that reads every database and changes none. No service can be called so: their names have no underscore. */
export const BACKUP_ROLE = "backup_reader";

/** What the pods that save and restore the databases of a server are called, and the CronJob that saves them. */
export const backupName = (server: string): string => `${server}-backup`;

/** Name of the CronJob that never runs by itself, and from which restoring Jobs are made. */
export const restoreJobName = (server: string): string => `${server}-restore`;

/** Directory in which each backup is a directory named by its time, such as `20261121T031700Z`. */
export const BACKUPS = "/backups";

/** Pattern of those names, for `grep -E`. */
export const BACKUP_ID = "^[0-9]{8}T[0-9]{6}Z$";

/** A database as a backup holds it, beside the live one, until the two change places. */
export const RESTORED = "__restored";
/** The database that was live until then. */
export const BEFORE = "__before";
