import type { Env } from "../src/config.js";
import { createServices, type Services } from "../src/services.js";
import type { Account } from "../src/types.js";

export const noon = Date.UTC(2030, 0, 1, 12);

export const linkedInEnv: Env = {
  VAULT_SECRET: "test secret",
  LINKEDIN_CLIENT_ID: "client-1",
  LINKEDIN_CLIENT_SECRET: "hush",
  LINKEDIN_REDIRECT_URI: "http://localhost:3000/linkedin/callback",
};

export interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A network of one scripted answer a request; what was asked is kept in `sent`. */
export function scriptedFetch(...answers: Array<() => Response | Promise<Response>>) {
  const sent: Sent[] = [];
  const send: typeof fetch = async (input, init) => {
    sent.push({
      url: String(input),
      method: init?.method ?? "GET",
      headers: new Headers(init?.headers),
      body: String(init?.body ?? ""),
    });
    const answer = answers[sent.length - 1];
    if (!answer) throw new Error(`request ${sent.length} was not expected: ${String(input)}`);
    return answer();
  };
  return { fetch: send, sent };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): () => Response {
  return () => new Response(JSON.stringify(body), { status, headers });
}

export function testServices(parts: Partial<Pick<Services, "env" | "now" | "fetch">> = {}): Services {
  return createServices({ env: linkedInEnv, now: () => noon, fetch: scriptedFetch().fetch, ...parts });
}

export function anAccount(parts: Partial<Account> = {}): Account {
  return { id: "a1", memberId: "m1", name: "Ada", status: "connected", connectedAt: noon, sealedTokens: null, ...parts };
}
