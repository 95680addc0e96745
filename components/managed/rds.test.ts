import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { parseSettings } from "../../settings.ts";
import { checkConnections, memoryOf } from "./instance-class.ts";
import { authorityUrl, rdsAuthority } from "./rds-authority.ts";

test.each([
  ["db.t4g.medium", 4],
  ["db.m7g.large", 8],
  ["db.r8g.2xlarge", 64],
  ["db.t3.micro", 1],
])("%s has %i GiB", (name, gib) => expect(memoryOf("class", name)).toBe(gib));

test.each([
  ["m7g.large", /^class: "m7g\.large" is no class of instances; write it like db\.m7g\.large/],
  ["db.m7q.large", /is of no known family; write db\.m7g\.large/],
  ["db.m7g.lage", /is of no known size; write db\.m7g\.large/],
])("%s is refused", (name, message) => expect(() => memoryOf("class", name)).toThrow(message));

test("a class has to have memory for the connections of all services", () => {
  expect(() => checkConnections("class", "db.m7g.large", 901)).not.toThrow();
  expect(() => checkConnections("class", "db.t4g.medium", 500)).toThrow(
    /^class: db\.t4g\.medium has memory for 450 connections, and the services may open 500; take a larger class/,
  );
});

const parse = (postgres: object, environment = "dev") => {
  const services = {
    payment: { environment: { PAYMENT_PROVIDER: "stripe" } },
    account: { secretFiles: { MAIL_URL: "mail/url" } },
  };
  return parseSettings(
    { environment, services, cluster: { kind: "sandbox" }, postgres: { kind: "rds", ...postgres } },
    environment,
    {},
  ).postgres;
};

test("production has a standby and cannot be deleted, others have to ask for both", () => {
  expect(parse({}, "prod")).toMatchObject({
    args: {
      instanceClass: "db.m7g.large",
      storageGiB: 20,
      maxStorageGiB: 100,
      multiAz: true,
      backupDays: 14,
      deletionProtection: true,
    },
  });
  expect(parse({ storage: "100Gi", maxStorage: "1Ti", multiAz: true })).toMatchObject({
    args: {
      instanceClass: "db.t4g.medium",
      storageGiB: 100,
      maxStorageGiB: 1024,
      multiAz: true,
      deletionProtection: false,
    },
  });
});

test.each<[object, RegExp]>([
  [
    { instanceClass: "db.m7g.lagre" },
    /^tradestack:postgres\.instanceClass: "db\.m7g\.lagre" is of no known size; write/,
  ],
  [
    { storage: "10Gi" },
    /^tradestack:postgres\.storage: 10Gi is no size of a volume at RDS; write 20Gi to 64Ti/,
  ],
  [{ storage: "20.5Gi" }, /in whole GiB/],
  [
    { maxStorage: "21Gi" },
    /\.maxStorage: 21Gi leaves no room to grow above storage \(20Gi\); write 22Gi or more/,
  ],
  [{ backupDays: 0 }, /\.backupDays: 0 is not a whole number from 1 to 35/],
  [{ instances: 3 }, /^tradestack:postgres\.instances is not a setting/],
])("%j is refused", (postgres, message) => expect(() => parse(postgres)).toThrow(message));

test("the authority is that of the region", () => {
  expect(authorityUrl("eu-central-1")).toMatch(
    /^https:\/\/truststore\.pki\.rds\..*\/eu-central-1\/eu-central-1-bundle\.pem$/,
  );
  expect(authorityUrl("us-gov-west-1")).toContain("us-gov-west-1.rds.");
  expect(authorityUrl("cn-north-1")).toMatch(/\.com\.cn\/cn-north-1\//);
});

test("the authority can be a file, where there is no internet", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tradestack-authority-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "bundle.pem");
  await expect(rdsAuthority("eu-west-1", file)).rejects.toThrow(
    /cannot be had from .*ENOENT.*postgres\.authority/,
  );
  writeFileSync(file, "<html>log in</html>");
  await expect(rdsAuthority("eu-west-1", file)).rejects.toThrow(
    /holds no certificate in PEM; download that of https/,
  );
  writeFileSync(file, "-----BEGIN CERTIFICATE-----\n");
  expect(await rdsAuthority("eu-west-1", file)).toContain("CERTIFICATE");
});

test("an authority that AWS does not give says how to do without", async () => {
  vi.stubGlobal("fetch", async () => new Response("no", { status: 403 }));
  onTestFinished(() => void vi.unstubAllGlobals());
  await expect(rdsAuthority("eu-west-1")).rejects.toThrow(/\(status 403\); download it and write its path/);
});
