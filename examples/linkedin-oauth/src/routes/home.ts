import type { Route } from "../http.js";

export function homeRoutes(): Route[] {
  return [
    { method: "GET", pattern: "/", handle: () => ({ status: 200, body: { service: "linkedin-oauth-example" } }) },
  ];
}
