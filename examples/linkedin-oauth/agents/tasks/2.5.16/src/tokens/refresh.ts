import type { LinkedInClient } from "../linkedin/client.js";
import { LinkedInError, errorFrom } from "../linkedin/errors.js";
import { readTokens } from "../oauth/exchange.js";
import type { TokenSet } from "../types.js";

export async function refreshTokens(client: LinkedInClient, tokens: TokenSet, now: number): Promise<TokenSet> {
  if (tokens.refreshToken === null) throw new LinkedInError("expired", "there is no refresh token: connect again");
  const reply = await client.postForm("/accessToken", {
    grant_type: "refresh_token",
    refresh_token: tokens.refreshToken,
  });
  if (reply.status !== 200) throw errorFrom(reply);

  const renewed = readTokens(reply.body, now);
  return {
    ...renewed,
    // LinkedIn leaves out what did not change.
    refreshToken: renewed.refreshToken ?? tokens.refreshToken,
    refreshExpiresAt: renewed.refreshExpiresAt ?? tokens.refreshExpiresAt,
    scopes: renewed.scopes.length > 0 ? renewed.scopes : tokens.scopes,
  };
}
