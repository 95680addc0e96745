import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLIENT_AUTHENTICATION } from "../../components/postgres/configuration.ts";
import { ensurePrograms } from "./debian.ts";
import { freePorts } from "./haproxy.ts";

const PROGRAMS = "/usr/lib/postgresql/15/bin";
const PASSWORD = "only-for-tests";

/** How a script ended. */
export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * A PostgreSQL server of one test's own, with the access rules that the platform's servers have. It and the scripts
 * run as the user `postgres`, for it refuses to be root.
 */
export class PrivatePostgres {
  /** Directory that scripts may write to. */
  readonly folder: string;
  readonly port: number;
  readonly #user: { uid: number; gid: number } | undefined;

  private constructor(folder: string, port: number, user: { uid: number; gid: number } | undefined) {
    this.folder = folder;
    this.port = port;
    this.#user = user;
  }

  static async start(): Promise<PrivatePostgres> {
    await ensurePrograms({ "postgresql-15": `${PROGRAMS}/initdb` });
    const [port = 0] = await freePorts(1);
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    const user = process.getuid?.() === 0 ? { uid: id("-u"), gid: id("-g") } : undefined;
    const folder = mkdtempSync(join(tmpdir(), "tradestack-postgres-"));
    chmodSync(folder, 0o755);
    const server = new PrivatePostgres(folder, port, user);
    server.#own(folder);
    const data = join(folder, "data");
    server.write("password", PASSWORD);
    server.#program("initdb", [
      `--pgdata=${data}`,
      "--username=postgres",
      "--pwfile",
      join(folder, "password"),
    ]);
    server.write("data/pg_hba.conf", CLIENT_AUTHENTICATION.replace("peer", "trust"));
    server.#program("pg_ctl", [
      `--pgdata=${data}`,
      "--wait",
      `--log=${join(folder, "log")}`,
      `--options=-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=40`,
      "start",
    ]);
    return server;
  }

  /** Writes a file that scripts can read, and gives its path. */
  write(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    this.#own(path);
    return path;
  }

  /** Makes a directory that scripts can write to, and gives its path. */
  directory(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    this.#own(path);
    return path;
  }

  /** Runs a script as a Job's container does. */
  run(script: string, variables: Readonly<Record<string, string>>): Ended {
    const { status, stdout, stderr } = spawnSync("sh", ["-ec", script], {
      ...this.#user,
      cwd: this.folder,
      encoding: "utf8",
      env: {
        PATH: `${PROGRAMS}:/usr/bin:/bin`,
        PGHOST: "127.0.0.1",
        PGPORT: String(this.port),
        ...variables,
      },
    });
    return { status, out: stdout, err: stderr };
  }

  /**
   * Asks for rows, as lines.
   *
   * @throws {Error} with the server's own words.
   */
  query(database: string, sql: string, user = "postgres", password = PASSWORD): string {
    const { status, out, err } = this.run(
      'psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$SQL"',
      { PGUSER: user, PGPASSWORD: password, PGDATABASE: database, SQL: sql },
    );
    if (status !== 0) throw new Error(err);
    return out.trim();
  }

  stop(): void {
    this.#program("pg_ctl", [`--pgdata=${join(this.folder, "data")}`, "--mode=immediate", "--wait", "stop"]);
    rmSync(this.folder, { recursive: true });
  }

  #program(name: string, args: readonly string[]): void {
    execFileSync(join(PROGRAMS, name), args, { ...this.#user, cwd: this.folder, stdio: "ignore" });
  }

  #own(path: string): void {
    if (this.#user !== undefined) chownSync(path, this.#user.uid, this.#user.gid);
  }
}
