import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type EksTarget, readEks } from "../../settings/eks.ts";
import { Section } from "../../settings/section.ts";
import { eksCluster } from "./eks.ts";

const target: EksTarget = readEks(
  new Section("cluster", { name: "shop", region: "eu-central-1", account: "123456789012" }),
);

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "tradestack-eks-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  vi.stubEnv("TRADESTACK_HOME", home);
});

/** Puts a program called `aws` first, and last, on PATH. */
function useAws(script: string): void {
  writeFileSync(join(home, "aws"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv("PATH", home);
}

test("a private kubeconfig is written by the AWS CLI", async () => {
  useAws('case "$*" in "eks update-kubeconfig --name shop --region eu-central-1 "*) ;; *) exit 1 ;; esac');
  expect(await eksCluster(target)).toEqual({
    kubectl: "kubectl",
    kubeconfig: join(home, "eks", "eu-central-1-shop"),
    context: "shop",
  });
});

test.each([
  [
    "echo 'An error occurred (ResourceNotFoundException)' >&2; exit 254",
    /there is no cluster "shop" in eu-central-1 yet/,
  ],
  [
    "echo 'Unable to locate credentials' >&2; exit 253",
    /does not get to cluster "shop" .*log in.*Unable to locate/,
  ],
])("what it says is told with the remedy (%#)", async (script, message) => {
  useAws(script);
  await expect(eksCluster(target)).rejects.toThrow(message);
});

test("a machine without it is told so", async () => {
  vi.stubEnv("PATH", home);
  await expect(eksCluster(target)).rejects.toThrow(
    /the AWS CLI \(aws\) is not on PATH.*install it, version 2/,
  );
});
