export type Freshness = "fresh" | "due" | "expired";

/** Renewing this long before the end leaves time for a few failures. */
export const renewAheadMs = 5 * 60 * 1000;

/** A token is expired from its last moment on, so that nobody sends one that ends on the way. */
export function freshness(expiresAt: number, now: number): Freshness {
  if (now >= expiresAt) return "expired";
  return now >= expiresAt - renewAheadMs ? "due" : "fresh";
}
