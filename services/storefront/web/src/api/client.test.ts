import { describe, expect, test } from "vitest";
import { type ApiRequest, createApi, queryText } from "./client.ts";
import { ApiError, inWords, NoAnswerError } from "./errors.ts";

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });

/** A client of a server that gives these answers, one after the other. */
function clientOf(...answers: (Response | Error)[]) {
  const sent: { readonly url: string; readonly token: string | null }[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push({ url: String(url), token: new Headers(init?.headers).get("authorization") });
    const answer = answers.shift();
    if (answer instanceof Response) return answer;
    throw answer ?? new Error("nothing is left to answer");
  };
  let token: string | undefined = "old";
  let renewals = 0;
  const credentials = {
    token: async () => token,
    renew: async () => {
      renewals++;
      token = "new";
      return true;
    },
  };
  return {
    api: createApi(credentials, fetch),
    sent,
    renewals: () => renewals,
    logout: () => (token = undefined),
  };
}

const failure = (request: Promise<unknown>) =>
  request.then(
    () => undefined,
    (error: unknown) => error,
  );
const products: ApiRequest = { path: "/products" };

describe("a request", () => {
  test("carries the token and brings the answer", async () => {
    const { api, sent } = clientOf(json(200, { items: [] }));
    expect(await api({ path: "/products", query: { q: "a b", after: undefined } })).toEqual({ items: [] });
    expect(sent).toEqual([{ url: "/api/products?q=a+b", token: "Bearer old" }]);
  });

  test("whose token is refused is sent again with a new one, once", async () => {
    const { api, sent, renewals } = clientOf(json(401, {}), json(401, {}));
    expect(await failure(api(products))).toMatchObject({ name: "ApiError", status: 401 });
    expect(sent.map(({ token }) => token)).toEqual(["Bearer old", "Bearer new"]);
    expect(renewals()).toBe(1);
  });

  test("of a guest is not sent again", async () => {
    const { api, sent, logout } = clientOf(json(401, {}));
    logout();
    expect(await failure(api(products))).toBeInstanceOf(ApiError);
    expect(sent).toEqual([{ url: "/api/products", token: null }]);
  });

  test("that is answered with a problem says which", async () => {
    const problem = {
      type: "urn:tradestack:problem:out-of-stock",
      title: "Out of stock",
      status: 409,
      sku: "LAMP",
    };
    const { api } = clientOf(json(409, problem, { "retry-after": "3" }));
    const error = await failure(api(products));
    expect(error).toMatchObject({ status: 409, slug: "out-of-stock", retryAfterSeconds: 3 });
    expect(error instanceof ApiError && error.extension("sku")).toBe("LAMP");
  });

  test("that a proxy answers in words of its own is a problem, too", async () => {
    const { api } = clientOf(new Response("<h1>Bad gateway</h1>", { status: 502 }));
    const error = await failure(api(products));
    expect(error).toMatchObject({ name: "ApiError", status: 502, slug: "" });
    expect(inWords(error)).toContain("not answering");
  });

  test("without an answer, or with half of one, is told from a refused one", async () => {
    expect(await failure(clientOf(new TypeError("fetch failed")).api(products))).toBeInstanceOf(
      NoAnswerError,
    );
    const half = new Response('{"items": [', { status: 200 });
    expect(await failure(clientOf(half).api(products))).toBeInstanceOf(NoAnswerError);
  });

  test("that is no longer wanted ends as such", async () => {
    const controller = new AbortController();
    controller.abort();
    const error = new DOMException("aborted", "AbortError");
    const { api } = clientOf(error);
    expect(await failure(api({ ...products, signal: controller.signal }))).toBe(error);
  });

  test("that brings nothing resolves to nothing", async () => {
    const { api } = clientOf(new Response(null, { status: 204 }), new Response("", { status: 202 }));
    expect(await api(products)).toBeUndefined();
    expect(await api(products)).toBeUndefined();
  });
});

test("what is undefined is not asked for", () => {
  expect(queryText({ a: undefined })).toBe("");
  expect(queryText({ a: 1, b: undefined, c: true })).toBe("?a=1&c=true");
});
