const client = "src/linkedin/client.ts";

export async function work({ attempt, prompt, template, copy, write, edit, log, sleep }) {
  const told = prompt.split("\n").find((line) => /error TS\d+/.test(line));
  if (told) log(`the checks said: ${told.trim()}`);

  // The first attempt misremembers the name of a setting, as agents do; only the type check notices.
  if (attempt === 1) write(client, template(client).replace("settings.timeoutMs", "settings.timeout"));
  else copy(client);
  await sleep();
  copy("test/linkedin/client.test.ts");

  edit("src/services.ts", {
    after: 'import type { Env } from "./config.js";',
    insert: [
      'import { LinkedInClient } from "./linkedin/client.js";',
      'import { readLinkedInSettings } from "./linkedin/settings.js";',
      "",
    ].join("\n"),
  });
  edit("src/services.ts", {
    after: "  readonly fetch: typeof fetch;",
    insert: "  readonly linkedin: LinkedInClient;\n",
  });
  edit("src/services.ts", {
    after: "  const send = parts.fetch ?? fetch;",
    insert: "  const linkedin = new LinkedInClient(readLinkedInSettings(env), send);\n",
  });
  edit("src/services.ts", { after: "    fetch: send,", insert: "    linkedin,\n" });
}
