import { BACKUP_ROLE } from "../backup/names.ts";
import { parseQuantity } from "../quantity.ts";

const MEBIBYTE = 2 ** 20;

/**
 * Who may connect, and how: every service to the database of its own name, by a password that is never sent.
 * The administrator reaches the others, and so does the role that saves them, which can only read.
 *
 * @param type `host` or, where nobody may connect in clear text, `hostssl`.
 */
export function clientRules(type: "host" | "hostssl"): string[] {
  return [
    `${type} all       postgres       all  scram-sha-256`,
    `${type} all       ${BACKUP_ROLE}  all  scram-sha-256`,
    `${type} sameuser  all            all  scram-sha-256`,
  ];
}

/** The same for a server of its own, which lets its own user in besides, for its checks. */
export const CLIENT_AUTHENTICATION = `# type database user address method
local all postgres peer
${clientRules("host").join("\n")}
`;

/**
 * Settings in proportion to a server's memory.
 *
 * @param memoryLimit What the container may use, such as `1Gi`.
 * @param maxConnections Connections at one time.
 */
export function serverSettings(memoryLimit: string, maxConnections: number): Record<string, string> {
  const memory = (parseQuantity(memoryLimit) ?? 0) / MEBIBYTE;
  return {
    max_connections: String(maxConnections),
    password_encryption: "scram-sha-256",
    shared_buffers: `${Math.floor(memory / 4)}MB`,
    effective_cache_size: `${Math.floor(memory / 2)}MB`,
    max_wal_size: "512MB",
    wal_compression: "on",
    // A client that went away without a word frees its locks soon.
    idle_in_transaction_session_timeout: "60s",
    tcp_keepalives_idle: "60",
    tcp_keepalives_interval: "10",
    tcp_keepalives_count: "3",
    log_checkpoints: "off",
    log_min_duration_statement: "500ms",
    // Of a statement that is slow or fails, not what it is about: names and streets are no matter for a log.
    log_parameter_max_length: "0",
    log_error_verbosity: "terse",
  };
}

/** The same as a file for a server of its own. */
export function serverConfiguration(memoryLimit: string, maxConnections: number): string {
  const settings = {
    listen_addresses: "*",
    hba_file: "/etc/postgresql/pg_hba.conf",
    ...serverSettings(memoryLimit, maxConnections),
    log_line_prefix: "%m [%p] %u@%d ",
  };
  return `${Object.entries(settings)
    .map(([name, value]) => `${name} = '${value}'`)
    .join("\n")}\n`;
}
