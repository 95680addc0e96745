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

/** Reads the lines of `buildctl build --progress=rawjson`. */
export class SolveLog {
  readonly #names = new Map<string, string>();
  readonly #output = new Map<string, string>();
  #failed: Vertex | undefined;
  #other = "";

  /**
   * Takes one line.
   *
   * @returns The name of the step that the line says has begun, if it says so.
   */
  read(line: string): string | undefined {
    const status = parse(line);
    if (status === undefined) {
      this.#other = `${this.#other}${line}\n`.slice(-KEPT_CHARACTERS);
      return undefined;
    }
    for (const { vertex, data } of status.logs ?? []) {
      const text = Buffer.from(data, "base64").toString();
      this.#output.set(vertex, `${this.#output.get(vertex) ?? ""}${text}`.slice(-KEPT_CHARACTERS));
    }
    let begun: string | undefined;
    for (const vertex of status.vertexes ?? []) {
      if (vertex.name !== undefined) this.#names.set(vertex.digest, vertex.name);
      // A step that only ends because another has failed says "canceled".
      if (vertex.error !== undefined && !/context canceled/.test(vertex.error)) this.#failed ??= vertex;
      if (vertex.started !== undefined && vertex.completed === undefined) begun = this.#nameOf(vertex);
    }
    return begun;
  }

  /** What failed, in the words of the step itself. */
  failure(): string {
    if (this.#failed === undefined) return lastLines(this.#other);
    const said = lastLines(this.#output.get(this.#failed.digest) ?? "");
    const words = said === "" ? (this.#failed.error ?? "") : said;
    return `step "${this.#nameOf(this.#failed)}": ${words}`;
  }

  #nameOf({ digest, name }: Vertex): string {
    return (name ?? this.#names.get(digest) ?? digest).replaceAll(/\s+/g, " ");
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
