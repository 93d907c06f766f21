import type { Env } from "./config.js";
import { AccountStore } from "./store.js";
import { Vault } from "./vault.js";

/** Everything a route may need, made once at the start. */
export interface Services {
  readonly env: Env;

  /** Milliseconds since 1970; a parameter so that tests can move time. */
  readonly now: () => number;

  /** The way out to the network; a parameter so that tests need none. */
  readonly fetch: typeof fetch;

  readonly accounts: AccountStore;

  readonly vault: Vault;
}

export function createServices(parts: Partial<Pick<Services, "env" | "now" | "fetch">> = {}): Services {
  const env = parts.env ?? process.env;
  const now = parts.now ?? Date.now;
  const send = parts.fetch ?? fetch;

  return {
    env,

    now,

    fetch: send,

    accounts: new AccountStore(),

    vault: new Vault(env.VAULT_SECRET ?? "only for development"),
  };
}
