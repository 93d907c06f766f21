import type { Route } from "../http.js";
import type { Services } from "../services.js";
import type { Account } from "../types.js";

/** What the outside may see of an account: no tokens, not even sealed ones. */
export function accountView(account: Account) {
  const { id, name, status, connectedAt } = account;
  return { id, name, status, connectedAt: new Date(connectedAt).toISOString() };
}

export function accountRoutes(services: Services): Route[] {
  return [
    {
      method: "GET",
      pattern: "/accounts",
      handle: () => ({ status: 200, body: services.accounts.all().map(accountView) }),
    },
  ];
}
