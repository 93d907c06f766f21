/** What LinkedIn hands out for one member. Times are milliseconds since 1970. */
export interface TokenSet {
  readonly accessToken: string;
  readonly accessExpiresAt: number;
  /** Null when the application was not granted refresh tokens. */
  readonly refreshToken: string | null;
  readonly refreshExpiresAt: number | null;
  readonly scopes: readonly string[];
}

export type AccountStatus = "connected" | "disconnected";

/** A connected LinkedIn account. Tokens are only ever kept sealed. */
export interface Account {
  readonly id: string;
  /** LinkedIn's own id of the member; one account a member. */
  readonly memberId: string;
  readonly name: string;
  readonly status: AccountStatus;
  readonly connectedAt: number;
  /** A `TokenSet` sealed by the vault; null once disconnected. */
  readonly sealedTokens: string | null;
}
