import type { Env } from "./config.js";
import { AccountStore } from "./store.js";
import { Vault } from "./vault.js";

/** Everything a route may need, made once at the start. Time and network are parts, so that tests can move them. */
export interface Services {
  readonly env: Env;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly fetch: typeof fetch;
  readonly accounts: AccountStore;
  readonly vault: Vault;
}

export function createServices(parts: Partial<Pick<Services, "env" | "now" | "fetch">> = {}): Services {
  const env = parts.env ?? process.env;
  const now = parts.now ?? Date.now;
  const send = parts.fetch ?? fetch;
  const accounts = new AccountStore();
  const vault = new Vault(env.VAULT_SECRET ?? "only for development");

  return {
    env,
    now,
    fetch: send,
    accounts,
    vault,
  };
}
