import { freshness, type Freshness } from "../tokens/freshness.js";
import type { Account, TokenSet } from "../types.js";
import type { Vault } from "../vault.js";

export type TokenSummary = Readonly<Record<Freshness, number>>;

/** Counts access tokens by freshness; accounts that are not connected have none. */
export function summarizeTokens(accounts: readonly Account[], vault: Vault, now: number): TokenSummary {
  const summary = { fresh: 0, due: 0, expired: 0 };
  for (const { sealedTokens } of accounts) {
    if (sealedTokens === null) continue;
    const { accessExpiresAt } = JSON.parse(vault.open(sealedTokens)) as TokenSet;
    summary[freshness(accessExpiresAt, now)]++;
  }
  return summary;
}
