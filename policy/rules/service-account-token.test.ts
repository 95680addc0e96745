import { expect, test } from "vitest";
import type { JsonObject } from "../../deploy/program/registration.ts";
import { container, deployment, object, places } from "../test/objects.ts";
import { serviceAccountToken } from "./service-account-token.ts";

const pod = (fields: JsonObject) => deployment({ containers: [container()], ...fields });
const account = (name: string, automountServiceAccountToken: boolean, namespace = "shop") =>
  object("v1", "ServiceAccount", name, { automountServiceAccountToken }, { namespace });

test("no token by the pod's own word, or by its account's", () => {
  expect(places(serviceAccountToken, pod({ automountServiceAccountToken: false }))).toEqual([]);
  expect(places(serviceAccountToken, pod({ serviceAccountName: "web" }), account("web", false))).toEqual([]);
  expect(places(serviceAccountToken, pod({}), account("default", false))).toEqual([]);
});

test.each([
  ["neither says anything", {}, account("web", false)],
  ["the account is another namespace's", { serviceAccountName: "web" }, account("web", false, "bank")],
  [
    "the pod's word counts before the account's",
    { serviceAccountName: "web", automountServiceAccountToken: true },
    account("web", false),
  ],
])("a token where %s", (_why, fields, accounts) => {
  expect(places(serviceAccountToken, pod(fields), accounts)).toEqual([
    "spec.template.spec.automountServiceAccountToken",
  ]);
});
