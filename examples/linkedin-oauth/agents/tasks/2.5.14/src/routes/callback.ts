import { connectAccount } from "../accounts/connect.js";
import type { Call, Reply, Route } from "../http.js";
import { LinkedInError } from "../linkedin/errors.js";
import { fetchProfile } from "../linkedin/profile.js";
import { readLinkedInSettings } from "../linkedin/settings.js";
import { exchangeCode } from "../oauth/exchange.js";
import type { Services } from "../services.js";
import { accountView } from "./accounts.js";

export function callbackRoutes(services: Services): Route[] {
  return [{ method: "GET", pattern: "/linkedin/callback", handle: (call) => finish(services, call) }];
}

async function finish(services: Services, call: Call): Promise<Reply> {
  // Before anything else, even a refusal: a state is spent by coming back, whatever came with it.
  const verifier = services.pending.take(call.query.get("state") ?? "");
  if (verifier === null) return problem(400, "this connection was not started here, or too long ago");
  const code = call.query.get("code");
  if (code === null) return problem(403, "LinkedIn reports that access was not granted");

  try {
    const { redirectUri } = readLinkedInSettings(services.env);
    const tokens = await exchangeCode(services.linkedin, { code, verifier, redirectUri }, services.now());
    const profile = await fetchProfile(services.linkedin, tokens.accessToken);
    return { status: 201, body: accountView(connectAccount(services, profile, tokens)) };
  } catch (error) {
    if (error instanceof LinkedInError) return problem(502, error.message);
    throw error;
  }
}

function problem(status: number, error: string): Reply {
  return { status, body: { error } };
}
