import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSchedule, readBackups } from "./backups.ts";
import { readPostgres } from "./postgres.ts";
import { Section } from "./section.ts";

const backups = (values: object) => readBackups(new Section("tradestack:backups", values), "volume");
const postgres = (values: object, cluster: "existing" | "sandbox" = "existing") =>
  readPostgres(new Section("tradestack:postgres", values), "prod", cluster);

describe("backups", () => {
  test("are made every night and kept for a week, unless somebody says otherwise", () => {
    expect(backups({})).toEqual({ schedule: "17 3 * * *", keep: 7, storage: "10Gi", bucket: undefined });
    expect(backups({ to: "none" })).toBeUndefined();
  });

  test("go to a bucket under a prefix", () => {
    const s3 = { to: "s3", bucket: "example-backups", region: "eu-central-1" };
    expect(backups(s3)?.bucket).toEqual({
      name: "example-backups",
      region: "eu-central-1",
      prefix: "tradestack",
      make: true,
    });
    expect(backups({ ...s3, prefix: "shop/postgres" })?.bucket?.prefix).toBe("shop/postgres");
  });

  test.each<[string, object, RegExp]>([
    ["no target", { to: "s4" }, /^tradestack:backups\.to: "s4" is none of .*\(did you mean "s3"\?\)/],
    ["no bucket", { to: "s3", region: "eu-central-1" }, /backups\.bucket is missing; name the S3 bucket/],
    ["no region", { to: "s3", bucket: "example" }, /backups\.region is missing; name the region/],
    [
      "a bucket as URL",
      { to: "s3", bucket: "s3://x", region: "eu-central-1" },
      /bucket: "s3:\/\/x" cannot be/,
    ],
    ["a path for a prefix", { to: "s3", bucket: "exa", region: "eu-west-1", prefix: "/x" }, /prefix: "\/x"/],
    ["a bucket for a volume", { bucket: "x" }, /backups\.bucket is not a setting/],
    ["nothing kept", { keep: 0 }, /keep: 0 is not a whole number from 1/],
    ["no schedule", { schedule: "daily" }, /schedule: "daily" is not a schedule; write minute, hour/],
    ["unknown key", { shedule: "1 2 * * *" }, /shedule is not a setting \(did you mean "schedule"\?\)/],
  ])("%s is refused", (_, values, message) => expect(() => backups(values)).toThrow(message));

  test("schedules are those that CronJobs take", () => {
    for (const schedule of ["0 0 1 1 0", "*/15 * * * *", "5,35 8-18/2 * jan-jun mon-fri", "59 23 31 12 6"]) {
      expect(isSchedule(schedule), schedule).toBe(true);
    }
    for (const schedule of [
      "",
      "* * * *",
      "60 * * * *",
      "* 24 * * *",
      "* * 0 * *",
      "* * * * 7",
      "9-3 * * * *",
    ]) {
      expect(isSchedule(schedule), schedule).toBe(false);
    }
    fc.assert(
      fc.property(fc.nat(70), fc.nat(30), (minute, hour) => {
        expect(isSchedule(`${minute} ${hour} * * *`)).toBe(minute < 60 && hour < 24);
      }),
      { numRuns: 50 },
    );
  });
});

describe("PostgreSQL", () => {
  test("is one server, or three where that is asked for", () => {
    expect(postgres({})).toEqual({ kind: "shared", storage: "2Gi" });
    expect(postgres({ kind: "replicated" })).toMatchObject({
      instances: 3,
      operatorNamespace: "cnpg-system",
    });
  });

  test.each<[string, object, RegExp]>([
    ["unknown form", { kind: "replicate" }, /^tradestack:postgres\.kind: "replicate".*mean "replicated"/],
    ["too few to take over", { kind: "replicated", instances: 2 }, /instances: 2 leaves nobody to take over/],
    ["replicas of one server", { instances: 3 }, /postgres\.instances is not a setting/],
  ])("%s is refused", (_, values, message) => expect(() => postgres(values)).toThrow(message));

  test("needs an operator that the sandbox does not have, to be several servers", () => {
    expect(() => postgres({ kind: "replicated" }, "sandbox")).toThrow(
      /kind: "replicated" needs .* write shared/,
    );
  });
});
