import type { Route } from "../http.js";
import { readLinkedInSettings } from "../linkedin/settings.js";
import { authorizationUrl } from "../oauth/authorize.js";
import { createVerifier } from "../oauth/pkce.js";
import type { Services } from "../services.js";

export function connectRoutes(services: Services): Route[] {
  return [
    {
      method: "GET",
      pattern: "/linkedin/connect",
      handle: () => {
        const settings = readLinkedInSettings(services.env);
        if (settings.clientId === "") return { status: 503, body: { error: "LinkedIn is not configured" } };
        const verifier = createVerifier();
        const state = services.pending.open(verifier);
        return { status: 302, headers: { location: authorizationUrl(settings, state, verifier) } };
      },
    },
  ];
}
