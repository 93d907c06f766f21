import { requestedScopes } from "../linkedin/scopes.js";
import type { LinkedInSettings } from "../linkedin/settings.js";
import { challengeFor } from "./pkce.js";

/** The address at LinkedIn where the member agrees, or does not. */
export function authorizationUrl(settings: LinkedInSettings, state: string, verifier: string): string {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    scope: requestedScopes.join(" "),
    state,
    code_challenge: challengeFor(verifier),
    code_challenge_method: "S256",
  });
  return `${settings.authBase}/authorization?${query}`;
}
