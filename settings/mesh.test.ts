import { expect, test } from "vitest";
import { readMesh } from "./mesh.ts";
import { Section } from "./section.ts";

const read = (mesh: unknown, cluster = "existing") => readMesh(new Section("tradestack:mesh", mesh), cluster);

test("there is no mesh unless one is named", () => {
  expect(read(undefined)).toBeUndefined();
  expect(read({ kind: "none" }, "sandbox")).toBeUndefined();
});

test("a mesh is installed and strict unless the stack says otherwise", () => {
  expect(read({ kind: "linkerd" })).toEqual({
    kind: "linkerd",
    install: true,
    strict: true,
    ingressAccount: undefined,
  });
  expect(read({ kind: "istio", install: false, strict: false, ingressAccount: "traefik" })).toEqual({
    kind: "istio",
    install: false,
    strict: false,
    ingressAccount: "traefik",
  });
});

test.each<[unknown, string, RegExp]>([
  [{ kind: "linkered" }, "existing", /^tradestack:mesh\.kind: "linkered" is none of .*mean "linkerd"/],
  [{ kind: "istio", strikt: true }, "existing", /^tradestack:mesh\.strikt is not a setting .*mean "strict"/],
  [
    { strict: false },
    "existing",
    /^tradestack:mesh\.strict is of no use without a mesh; remove it, or write/,
  ],
  [{ kind: "istio" }, "sandbox", /^tradestack:mesh\.kind: "istio" is a mesh, and the sandbox takes none/],
  ["linkerd", "existing", /^tradestack:mesh: "linkerd" is not an object/],
])("%j on %s is refused", (mesh, cluster, message) => {
  expect(() => read(mesh, cluster)).toThrow(message);
});
