import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tarOf, writeImageArchive } from "./image-archive.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tradestack-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const unpack = (archive: string, path: string): Buffer => execFileSync("tar", ["-xOf", archive, path]);

describe("tarOf", () => {
  it("writes files of any size that tar reads back", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 1600 }), { minLength: 1, maxLength: 4 }),
        async (files) => {
          const archive = join(directory, "any.tar");
          const entries = files.map((content, index) => ({
            path: `file-${index}`,
            mode: 0o644,
            size: content.length,
            content: () => [Buffer.from(content)],
          }));
          writeFileSync(
            archive,
            await Array.fromAsync(tarOf(entries)).then((chunks) => Buffer.concat(chunks)),
          );
          for (const [index, content] of files.entries()) {
            expect(unpack(archive, `file-${index}`)).toEqual(Buffer.from(content));
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("writeImageArchive", () => {
  it("writes an image whose layer holds the program and has the digest that its configuration names", async () => {
    const program = join(directory, "hello");
    writeFileSync(program, "#!/bin/true\n");
    const archive = join(directory, "image.tar");
    const reference = "sandbox.tradestack.local/hello:1";
    await writeImageArchive({ reference, program, entrypoint: ["/hello", "now"] }, archive);

    const [manifest] = JSON.parse(unpack(archive, "manifest.json").toString());
    expect(manifest.RepoTags).toEqual([reference]);
    const config = JSON.parse(unpack(archive, manifest.Config).toString());
    expect(config.config.Entrypoint).toEqual(["/hello", "now"]);
    const layer = unpack(archive, manifest.Layers[0]);
    expect(config.rootfs.diff_ids).toEqual([`sha256:${createHash("sha256").update(layer).digest("hex")}`]);
    const layerPath = join(directory, "layer.tar");
    writeFileSync(layerPath, layer);
    expect(unpack(layerPath, "hello").toString()).toBe("#!/bin/true\n");
    expect(execFileSync("tar", ["-tvf", layerPath], { encoding: "utf8" })).toMatch(/^-rwxr-xr-x 0\/0/);
  });

  it("gives the same bytes for the same program", async () => {
    const image = { reference: "x:1", program: process.argv[1] ?? "", entrypoint: ["/x"] };
    const paths = [join(directory, "a.tar"), join(directory, "b.tar")];
    for (const path of paths) await writeImageArchive(image, path);
    const [first, second] = paths.map((path) => readFileSync(path));
    expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true);
  });
});
