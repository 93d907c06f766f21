import type { Env } from "../config.js";

export interface LinkedInSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where LinkedIn sends the member back to; must be registered there letter for letter. */
  readonly redirectUri: string;
  readonly authBase: string;
  readonly apiBase: string;
  readonly timeoutMs: number;
}

/** Missing values are empty: whether that is a problem is for others to say. */
export function readLinkedInSettings(env: Env): LinkedInSettings {
  return {
    clientId: env.LINKEDIN_CLIENT_ID ?? "",
    clientSecret: env.LINKEDIN_CLIENT_SECRET ?? "",
    redirectUri: env.LINKEDIN_REDIRECT_URI ?? "",
    authBase: env.LINKEDIN_AUTH_BASE ?? "https://www.linkedin.com/oauth/v2",
    apiBase: env.LINKEDIN_API_BASE ?? "https://api.linkedin.com/v2",
    timeoutMs: Number(env.LINKEDIN_TIMEOUT_MS ?? "10000"),
  };
}
