import { LinkedInProbe } from "../health/linkedin-probe.js";
import { summarizeTokens } from "../health/token-summary.js";
import type { Route } from "../http.js";
import type { Services } from "../services.js";

export function healthRoutes(services: Services): Route[] {
  const probe = new LinkedInProbe(services.linkedin, services.now);
  return [
    {
      method: "GET",
      pattern: "/health",
      handle: async () => {
        const { reachable, checkedAt } = await probe.check();
        const tokens = summarizeTokens(services.accounts.all(), services.vault, services.now());
        return {
          status: reachable ? 200 : 503,
          body: { linkedin: { reachable, checkedAt: new Date(checkedAt).toISOString() }, tokens },
        };
      },
    },
  ];
}
