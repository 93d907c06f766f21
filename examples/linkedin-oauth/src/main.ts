import { createApp } from "./app.js";
import { readConfig } from "./config.js";
import { serve } from "./http.js";
import { createServices } from "./services.js";

const config = readConfig(process.env);
const services = createServices();

serve(createApp(services)).listen(config.port, "127.0.0.1", () => {
  console.log(`listening on port ${config.port}`);
});
