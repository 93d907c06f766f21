export async function work({ copy, edit, sleep }) {
  copy("src/routes/health.ts");
  await sleep();
  copy("test/routes/health.test.ts");
  edit("src/app.ts", {
    after: 'import { homeRoutes } from "./routes/home.js";',
    insert: 'import { healthRoutes } from "./routes/health.js";\n',
  });
  edit("src/app.ts", { after: "    ...homeRoutes(),", insert: "    ...healthRoutes(services),\n" });
}
