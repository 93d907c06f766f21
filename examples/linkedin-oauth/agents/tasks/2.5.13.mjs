const route = "src/routes/connect.ts";

export async function work({ attempt, template, copy, write, edit, log, sleep }) {
  if (attempt === 1) {
    // Dies in the middle of a file, as a machine that runs out of memory would have it.
    const text = template(route);
    write(route, text.slice(0, text.length / 2));
    await sleep();
    log("killed half way");
    process.kill(process.pid, "SIGKILL");
    await new Promise(() => {});
  }

  copy(route);
  await sleep();
  copy("test/routes/connect.test.ts");
  edit("src/app.ts", {
    after: 'import { Router } from "./http.js";',
    insert: 'import { connectRoutes } from "./routes/connect.js";\n',
  });
  edit("src/app.ts", { after: "  return new Router([", insert: "    ...connectRoutes(services),\n" });
}
