/** Understands what a build says: which step it is at, and what the failing one said last. */

interface Vertex {
  readonly digest: string;
  readonly name?: string;
  readonly started?: string;
  readonly completed?: string;
  readonly error?: string;
}
interface SolveStatus {
  readonly vertexes?: readonly Vertex[];
  readonly logs?: readonly { readonly vertex: string; readonly data: string }[];
}

const LAST_LINES = 15;
const KEPT_CHARACTERS = 8000;
const TITLE_LENGTH = 40;

/** Reads the lines of `buildctl build --progress=rawjson`. */
export class SolveLog {
  readonly #names = new Map<string, string>();
  readonly #output = new Map<string, string>();
  #failed: Vertex | undefined;
  #other = "";

  /**
   * Takes one line.
   *
   * @returns What the line says the build is at, if it says so: a step, and that step's own last line.
   */
  read(line: string): string | undefined {
    const status = parse(line);
    if (status === undefined) {
      this.#other = `${this.#other}${line}\n`.slice(-KEPT_CHARACTERS);
      return undefined;
    }
    let latest: string | undefined;
    for (const vertex of status.vertexes ?? []) {
      if (vertex.name !== undefined) this.#names.set(vertex.digest, vertex.name);
      // A step that only ends because another has failed says "canceled".
      if (vertex.error !== undefined && !/context canceled/.test(vertex.error)) this.#failed ??= vertex;
      if (vertex.started !== undefined && vertex.completed === undefined) latest = this.#title(vertex.digest);
    }
    for (const { vertex, data } of status.logs ?? []) {
      const text = `${this.#output.get(vertex) ?? ""}${Buffer.from(data, "base64")}`.slice(-KEPT_CHARACTERS);
      this.#output.set(vertex, text);
      latest = `${this.#title(vertex)}: ${text.trim().split("\n").at(-1)}`;
    }
    return latest;
  }

  /** What failed, in the words of the step itself. */
  failure(): string {
    if (this.#failed === undefined) return lastLines(this.#other);
    const said = lastLines(this.#output.get(this.#failed.digest) ?? "");
    const words = said === "" ? (this.#failed.error ?? "") : said;
    return `step "${this.#nameOf(this.#failed.digest)}": ${words}`;
  }

  #nameOf(digest: string): string {
    return (this.#names.get(digest) ?? digest).replaceAll(/\s+/g, " ");
  }

  #title(digest: string): string {
    const name = this.#nameOf(digest);
    return name.length > TITLE_LENGTH ? `${name.slice(0, TITLE_LENGTH - 1)}…` : name;
  }
}

function parse(line: string): SolveStatus | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // a line of a log that only looks like it
  }
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-LAST_LINES).join("\n");
}
