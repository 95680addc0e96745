import { describe, expect, it } from "vitest";
import { PERMISSIONS, ROLES } from "../contracts/identity.ts";
import { callerOf, requireCaller, requirePermission } from "./caller.ts";

const request = (id: string, roles: string) => ({ headers: { "x-caller-id": id, "x-caller-roles": roles } });

describe("the caller of a request", () => {
  it("is who the gateway says", () => {
    expect(callerOf(request("a", "customer,support"))).toEqual({ id: "a", roles: ["customer", "support"] });
  });

  it("has no role that does not exist", () => {
    expect(callerOf(request("a", "customer,root,"))?.roles).toEqual(["customer"]);
  });

  it.each([{}, { "x-caller-id": "a" }, { "x-caller-id": "", "x-caller-roles": "admin" }])(
    "is nobody with the headers %j",
    (headers) => {
      expect(callerOf({ headers })).toBeUndefined();
      expect(() => requireCaller({ headers })).toThrow(expect.objectContaining({ status: 401 }));
    },
  );

  it.each(Object.entries(PERMISSIONS))("may %s with a role that gives it, and no other", (name, roles) => {
    const permission = name as keyof typeof PERMISSIONS;
    for (const role of ROLES) {
      const attempt = () => requirePermission(request("a", role), permission);
      if ((roles as readonly string[]).includes(role)) expect(attempt()).toMatchObject({ id: "a" });
      else expect(attempt).toThrow(expect.objectContaining({ status: 403 }));
    }
  });
});
