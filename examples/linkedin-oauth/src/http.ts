import { createServer, type Server } from "node:http";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The parts of the path that the route's pattern names with a colon. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: string;
  /** Segments by slash; `:name` matches any one segment. */
  readonly pattern: string;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
}

export class Router {
  constructor(readonly routes: readonly Route[]) {}

  async reply(method: string, target: string): Promise<Reply> {
    const url = new URL(target, "http://localhost");
    for (const route of this.routes) {
      const params = route.method === method ? match(route.pattern, url.pathname) : null;
      if (params) return route.handle({ method, path: url.pathname, query: url.searchParams, params });
    }
    return { status: 404, body: { error: `nothing at ${method} ${url.pathname}` } };
  }
}

function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":") && value !== "") params[part.slice(1)] = value;
    else if (part !== value) return null;
  }
  return params;
}

export function serve(router: Router): Server {
  return createServer(async (request, response) => {
    const reply = await router
      .reply(request.method ?? "GET", request.url ?? "/")
      .catch((error: unknown): Reply => {
        console.error(error);
        return { status: 500, body: { error: "internal error" } };
      });
    const text = reply.body === undefined ? "" : JSON.stringify(reply.body);
    response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
    response.end(text);
  });
}
