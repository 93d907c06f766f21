export async function work({ copy, edit, sleep }) {
  copy("src/linkedin/settings-problems.ts");
  copy("test/linkedin/settings-problems.test.ts");
  await sleep();
  edit("src/main.ts", {
    after: 'import { serve } from "./http.js";',
    insert: [
      'import { settingsProblems } from "./linkedin/settings-problems.js";',
      'import { readLinkedInSettings } from "./linkedin/settings.js";',
      "",
    ].join("\n"),
  });
  edit("src/main.ts", {
    after: "const services = createServices();",
    insert: "for (const problem of settingsProblems(readLinkedInSettings(process.env))) console.warn(problem);\n",
  });
}
