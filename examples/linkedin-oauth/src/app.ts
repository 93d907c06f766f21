import { Router } from "./http.js";
import { accountRoutes } from "./routes/accounts.js";
import { homeRoutes } from "./routes/home.js";
import type { Services } from "./services.js";

export function createApp(services: Services): Router {
  return new Router([
    ...homeRoutes(),
    ...accountRoutes(services),
  ]);
}
