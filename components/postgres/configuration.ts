import { parseQuantity } from "../quantity.ts";

const MEBIBYTE = 2 ** 20;

/**
 * Who may connect, and how: every service to the database of its own name, by a password that is never sent.
 * The administrator alone reaches the others.
 */
export const CLIENT_AUTHENTICATION = `# type  database  user      address  method
local   all       postgres           peer
host    all       postgres  all      scram-sha-256
host    sameuser  all       all      scram-sha-256
`;

/**
 * Settings of the server, in proportion to its memory.
 *
 * @param memoryLimit What the container may use, such as `1Gi`.
 * @param maxConnections Connections at one time.
 */
export function serverConfiguration(memoryLimit: string, maxConnections: number): string {
  const memory = (parseQuantity(memoryLimit) ?? 0) / MEBIBYTE;
  return `listen_addresses = '*'
hba_file = '/etc/postgresql/pg_hba.conf'
max_connections = ${maxConnections}
password_encryption = scram-sha-256

shared_buffers = ${Math.floor(memory / 4)}MB
effective_cache_size = ${Math.floor(memory / 2)}MB
max_wal_size = 512MB
wal_compression = on

# A client that went away without a word frees its locks soon.
idle_in_transaction_session_timeout = 60s
tcp_keepalives_idle = 60
tcp_keepalives_interval = 10
tcp_keepalives_count = 3

log_checkpoints = off
log_min_duration_statement = 500ms
log_line_prefix = '%m [%p] %u@%d '
`;
}
