import { describe, expect, it } from "vitest";
import { PERMISSIONS, ROLES } from "../contracts/identity.ts";
import { callerOf, requireCaller, requirePermission } from "./caller.ts";

const ID = "0190a7c2-5b1d-7c3e-8f00-3a2b1c0d9e8f";
const request = (id: string, roles: string) => ({ headers: { "x-caller-id": id, "x-caller-roles": roles } });

describe("the caller of a request", () => {
  it("is who the gateway says", () => {
    expect(callerOf(request(ID, "customer,support"))).toEqual({ id: ID, roles: ["customer", "support"] });
  });

  it("has no role that does not exist", () => {
    expect(callerOf(request(ID, "customer,root,"))?.roles).toEqual(["customer"]);
  });

  it.each([{}, { "x-caller-id": ID }, { "x-caller-id": "1 OR 1", "x-caller-roles": "admin" }])(
    "is nobody with the headers %j",
    (headers) => {
      expect(callerOf({ headers })).toBeUndefined();
      expect(() => requireCaller({ headers })).toThrow(expect.objectContaining({ status: 401 }));
    },
  );

  it.each(Object.entries(PERMISSIONS))("may %s with a role that gives it, and no other", (name, roles) => {
    const permission = name as keyof typeof PERMISSIONS;
    for (const role of ROLES) {
      const attempt = () => requirePermission(request(ID, role), permission);
      if ((roles as readonly string[]).includes(role)) expect(attempt()).toMatchObject({ id: ID });
      else expect(attempt).toThrow(expect.objectContaining({ status: 403 }));
    }
  });
});
