import pg from "pg";
import { isDatabaseAway, isTransactionConflict } from "./database-errors.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { inSpan } from "./tracing.ts";

/** A statement that each connection prepares once. Made by {@link statement}. */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Carries the row type only. */
  readonly row?: Row;
}

/**
 * Names a statement, so that the server parses and plans it once a connection.
 *
 * @param name Unique within the service, such as `find-order`; at most 63 characters.
 * @param text SQL with `$1` parameters.
 */
export const statement = <Row = never>(name: string, text: string): Statement<Row> => ({ name, text });

/** What can run statements: the database itself or an open transaction. */
export interface Queryable {
  /** Runs a statement and returns its rows. */
  query<Row>(statement: Statement<Row>, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs SQL text without parameters, of which there may be several statements, unprepared. */
  script(sql: string): Promise<void>;
}

/** The service's own PostgreSQL database. */
export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction: all of it is stored, or nothing. After a serialization failure or a deadlock
   * it is run again, so it must have no effect but on the transaction.
   *
   * @throws What `work` throws, after the rollback.
   */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  /** Takes a connection out of the pool for as long as `work` runs, without a transaction. */
  connection<T>(work: (connection: Queryable) => Promise<T>): Promise<T>;
  /** Waits until every connection is returned and closes them. */
  close(): Promise<void>;
}

/** Name and meaning of the settings that shape the pool. */
export interface DatabaseOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Most connections of one replica. */
  readonly connections: number;
  /** Milliseconds after which a statement is given up, 0 for never. Default: 10,000. */
  readonly statementTimeout?: number;
}

const MAX_ATTEMPTS = 5;
const STATEMENT_TIMEOUT = 10_000;
/** A server that hangs does not give up its statements; so this side does, in milliseconds after it should have. */
const GRACE = 1000;
const INT8 = 20;

/** Numbers of eight bytes are money and counts here: plain numbers as long as they are exact, else an error. */
function parseInt8(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is too large for an exact number`);
  return number;
}

/** Opens the pool of a service's database; connections are made when they are first needed. */
export function openDatabase(options: DatabaseOptions, log: Logger, metrics: Metrics): Database {
  const { statementTimeout = STATEMENT_TIMEOUT } = options;
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, parseInt8);
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.connections,
    connectionTimeoutMillis: 3000,
    idleTimeoutMillis: 30_000,
    ...(statementTimeout > 0 && {
      statement_timeout: statementTimeout,
      query_timeout: statementTimeout + GRACE,
    }),
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    // A statement need not wait for the answer to the one before it, such as BEGIN.
    pipeline: true,
    types,
  });
  pool.on("error", (error) => log.warn({ err: error }, "an idle database connection was lost"));
  metrics.gauge("database_connections", "Open connections to the database", () => pool.totalCount);
  metrics.gauge("database_connections_idle", "Open connections that nobody uses", () => pool.idleCount);
  metrics.gauge("database_waiting_requests", "Requests that wait for a connection", () => pool.waitingCount);

  const connection = async <T>(work: (connection: Queryable) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    client.on("error", onError);
    try {
      return await work(queryable(client));
    } catch (error) {
      // It may still be at work on a statement that was given up: nobody else must get it.
      if (error instanceof Error && isDatabaseAway(error)) broken = error;
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  };
  return {
    ...queryable(pool),
    connection,
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await connection((connection) => inTransaction(connection, work));
        } catch (error) {
          if (!isTransactionConflict(error) || attempt === MAX_ATTEMPTS) throw error;
          await pause(Math.random() * 10 * 2 ** attempt);
        }
      }
    },
    close: () => pool.end(),
  };
}

async function inTransaction<T>(
  connection: Queryable,
  work: (transaction: Queryable) => Promise<T>,
): Promise<T> {
  // On its way together with the first statement; where it fails, that one does, too.
  const begun = connection.script("BEGIN");
  begun.catch(() => undefined);
  try {
    const result = await work(connection);
    await begun;
    await inSpan(
      "COMMIT",
      () => POSTGRESQL,
      () => connection.script("COMMIT"),
    );
    return result;
  } catch (error) {
    // A connection that is gone has rolled back already; the first error is the one that tells.
    await connection.script("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

const POSTGRESQL = { "db.system.name": "postgresql" };
const OPERATION = /\b(?:SELECT|INSERT|UPDATE|DELETE)\b/i;
const TABLE = /\b(?:INTO|FROM|UPDATE)\s+(\w+)/i;

/** What a span tells of a statement: what it does and to which table, never with which values. */
function attributesOf(text: string) {
  const operation = OPERATION.exec(text)?.[0].toUpperCase();
  const table = TABLE.exec(text)?.[1];
  return {
    ...POSTGRESQL,
    ...(operation === undefined ? {} : { "db.operation.name": operation }),
    ...(table === undefined ? {} : { "db.collection.name": table }),
  };
}

const queryable = (client: pg.Pool | pg.PoolClient): Queryable => ({
  query<Row>({ name, text }: Statement<Row>, values: readonly unknown[] = []) {
    return inSpan(
      name,
      () => attributesOf(text),
      async () => {
        const { rows } = await client.query<Row & pg.QueryResultRow>({ name, text, values: [...values] });
        return rows;
      },
    );
  },
  async script(sql) {
    await client.query(sql);
  },
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
