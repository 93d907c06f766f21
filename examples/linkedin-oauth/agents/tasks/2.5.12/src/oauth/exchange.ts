import type { LinkedInClient } from "../linkedin/client.js";
import { LinkedInError, errorFrom } from "../linkedin/errors.js";
import type { TokenSet } from "../types.js";

export interface Grant {
  readonly code: string;
  readonly verifier: string;
  /** The same address the authorization was asked with, or LinkedIn refuses. */
  readonly redirectUri: string;
}

export async function exchangeCode(client: LinkedInClient, grant: Grant, now: number): Promise<TokenSet> {
  const reply = await client.postForm("/accessToken", {
    grant_type: "authorization_code",
    code: grant.code,
    redirect_uri: grant.redirectUri,
    code_verifier: grant.verifier,
  });
  if (reply.status !== 200) throw errorFrom(reply);
  return readTokens(reply.body, now);
}

/** LinkedIn sends lifetimes in seconds; moments are kept instead, since a lifetime ages the moment it is stored. */
export function readTokens(body: unknown, now: number): TokenSet {
  const fields = (body ?? {}) as Record<string, unknown>;
  const { access_token: accessToken, expires_in: expiresIn, refresh_token: refreshToken, scope } = fields;
  if (typeof accessToken !== "string" || typeof expiresIn !== "number") {
    throw new LinkedInError("unexpected", "LinkedIn sent no access token with a lifetime");
  }
  const refreshIn = fields.refresh_token_expires_in;
  return {
    accessToken,
    accessExpiresAt: now + expiresIn * 1000,
    refreshToken: typeof refreshToken === "string" ? refreshToken : null,
    refreshExpiresAt: typeof refreshIn === "number" ? now + refreshIn * 1000 : null,
    scopes: typeof scope === "string" ? scope.split(/[ ,]+/).filter((name) => name !== "") : [],
  };
}
