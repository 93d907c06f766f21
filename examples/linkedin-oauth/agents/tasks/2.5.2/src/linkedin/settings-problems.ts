import type { LinkedInSettings } from "./settings.js";

/** Everything that is wrong, so that nobody has to start the service five times to learn five things. */
export function settingsProblems(settings: LinkedInSettings): string[] {
  const problems: string[] = [];
  if (settings.clientId === "") problems.push("LINKEDIN_CLIENT_ID is not set");
  if (settings.clientSecret === "") problems.push("LINKEDIN_CLIENT_SECRET is not set");
  if (!isWebAddress(settings.redirectUri)) problems.push("LINKEDIN_REDIRECT_URI is no http(s) address");
  if (!isWebAddress(settings.authBase)) problems.push("LINKEDIN_AUTH_BASE is no http(s) address");
  if (!isWebAddress(settings.apiBase)) problems.push("LINKEDIN_API_BASE is no http(s) address");
  if (!Number.isInteger(settings.timeoutMs) || settings.timeoutMs <= 0) {
    problems.push("LINKEDIN_TIMEOUT_MS is no positive whole number");
  }
  return problems;
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
