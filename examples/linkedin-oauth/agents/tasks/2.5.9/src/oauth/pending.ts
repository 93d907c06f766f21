import { randomBytes } from "node:crypto";

const lifetimeMs = 10 * 60 * 1000;

/** Connections that were started and not yet finished, by the state that went to LinkedIn and comes back. */
export class PendingConnections {
  readonly #pending = new Map<string, { verifier: string; expiresAt: number }>();

  constructor(private readonly now: () => number) {}

  /** Remembers the PKCE verifier and returns the state to send along. */
  open(verifier: string): string {
    const now = this.now();
    for (const [state, { expiresAt }] of this.#pending) if (expiresAt <= now) this.#pending.delete(state);
    const state = randomBytes(24).toString("base64url");
    this.#pending.set(state, { verifier, expiresAt: now + lifetimeMs });
    return state;
  }

  /** The verifier that belongs to the state; null when unknown, too late or taken before. */
  take(state: string): string | null {
    const found = this.#pending.get(state);
    this.#pending.delete(state);
    return found && found.expiresAt > this.now() ? found.verifier : null;
  }
}
