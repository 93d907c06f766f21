import type { LinkedInClient } from "../linkedin/client.js";
import { LinkedInError } from "../linkedin/errors.js";
import type { AccountStore } from "../store.js";
import type { Account, TokenSet } from "../types.js";
import type { Vault } from "../vault.js";
import { freshness } from "./freshness.js";
import { refreshTokens } from "./refresh.js";
import { SingleFlight } from "./single-flight.js";

export interface AccessTokenParts {
  readonly accounts: AccountStore;
  readonly vault: Vault;
  readonly linkedin: LinkedInClient;
  readonly now: () => number;
}

/** Hands out access tokens that still work, refreshing them when due. */
export class AccessTokens {
  readonly #refreshes = new SingleFlight<TokenSet>();

  constructor(private readonly parts: AccessTokenParts) {}

  async read(accountId: string): Promise<string> {
    const account = this.parts.accounts.find(accountId);
    if (!account?.sealedTokens) throw new LinkedInError("denied", `account ${accountId} is not connected`);
    const tokens = JSON.parse(this.parts.vault.open(account.sealedTokens)) as TokenSet;

    const state = freshness(tokens.accessExpiresAt, this.parts.now());
    if (state === "fresh") return tokens.accessToken;
    try {
      return (await this.#refreshes.run(accountId, () => this.refresh(account, tokens))).accessToken;
    } catch (error) {
      // A token that is merely due still works: LinkedIn being down now is no reason to fail.
      if (state === "due" && error instanceof LinkedInError) return tokens.accessToken;
      throw error;
    }
  }

  private async refresh(account: Account, tokens: TokenSet): Promise<TokenSet> {
    const renewed = await refreshTokens(this.parts.linkedin, tokens, this.parts.now());
    // Read again: the account may have been disconnected while LinkedIn was thinking.
    const current = this.parts.accounts.find(account.id);
    if (current && current.sealedTokens === account.sealedTokens) {
      this.parts.accounts.save({ ...current, sealedTokens: this.parts.vault.seal(JSON.stringify(renewed)) });
    }
    return renewed;
  }
}
