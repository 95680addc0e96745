import { defineConfig } from "vitest/config";

/**
 * Three rings of tests. `unit` needs nothing but this checkout; `integration` needs real PostgreSQL, Redis
 * and RabbitMQ servers, those of components and alerts (`integration-programs`) only programs of Debian; `e2e` needs a
 * cluster. A file says by its name which ring it belongs to.
 *
 * The files of `unit` share loaded modules, which halves its time, and every core; a file that replaces a module with a
 * mock has `.mocked` in its name and is loaded on its own.
 */
export default defineConfig({
  test: {
    // What happens in the background happens soon; a test waits longer for it only where it never does.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/*.mocked.test.ts", "**/*.integration.test.ts", "test/e2e/**"],
          isolate: false,
          maxWorkers: "100%",
          unstubEnvs: true,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "unit-mocked",
          include: ["**/*.mocked.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: ["**/*.integration.test.ts"],
          exclude: ["**/node_modules/**", "components/**", "observability/**"],
          globalSetup: ["test/support/servers.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration-programs",
          include: ["components/**/*.integration.test.ts", "observability/**/*.integration.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 3_600_000,
        },
      },
    ],
  },
});
