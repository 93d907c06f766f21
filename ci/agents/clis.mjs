// The agent CLIs that are tried: how each is put in place, and how it is led to the scripted model instead of its own.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {object} Cli
 * @property {string} [package] the CLI that it is otherwise, where one is tried in two ways
 * @property {boolean} [tokens] false: it does not tell how many tokens it used
 * @property {string} [after] script of its package that puts its program in place; packages run nothing by themselves
 * @property {boolean} [newNode] it wants a newer Node than Interlock does
 * @property {boolean} [always] tried by build/test.mjs: the two that are smallest
 * @property {(folder: string, env: object) => void} [prepare] makes what it needs besides, once, in the folder it is installed in
 * @property {(at: { url: string, folder: string }) => object} [settings] its entry of interlock.json, besides its name
 * @property {(url: string) => Record<string, string>} env where its model is, as a person would say it
 */

const opencodeVariables = ["OPENCODE_CONFIG_CONTENT", "OPENCODE_DISABLE_MODELS_FETCH", "NPM_CONFIG_FETCH_RETRIES"];

/** @type {Record<string, Cli>} */
export const clis = {
  gemini: {
    always: true,
    settings: () => ({ model: "gemini-2.5-flash" }),
    env: (url) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: "none" }),
  },
  qwen: {
    always: true,
    newNode: true,
    env: (url) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: "none", OPENAI_MODEL: "scripted" }),
  },
  copilot: {
    newNode: true,
    env: (url) => ({
      COPILOT_PROVIDER_BASE_URL: `${url}/v1`, COPILOT_PROVIDER_TYPE: "openai", COPILOT_PROVIDER_API_KEY: "none", COPILOT_MODEL: "scripted", COPILOT_OFFLINE: "true",
    }),
  },
  opencode: {
    after: "node_modules/opencode-ai/postinstall.mjs",
    settings: () => ({ model: "scripted/scripted", environment: opencodeVariables }),
    env: (url) => opencodeEnv(url, {}),
  },
  "opencode-acp": {
    package: "opencode",
    settings: () => ({ adapter: "acp", command: ["opencode", "acp"], environment: opencodeVariables }),
    env: (url) => opencodeEnv(url, { permission: { edit: "ask", bash: "ask" } }),
  },
  claude: {
    after: "node_modules/@anthropic-ai/claude-code/install.cjs",
    settings: () => ({ model: "claude-sonnet-5" }),
    env: (url) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "none" }),
  },
  codex: {
    prepare: writeCatalog,
    settings: ({ url, folder }) => ({
      model: "scripted",
      args: [
        `model_provider="scripted"`,
        `model_providers.scripted={name="scripted",base_url="${url}/v1",wire_api="responses",env_key="OPENAI_API_KEY",request_max_retries=1,stream_max_retries=1}`,
        `model_catalog_json="${join(folder, "catalog.json")}"`,
      ].flatMap((value) => ["-c", value]),
    }),
    env: () => ({ OPENAI_API_KEY: "none" }),
  },
};

function opencodeEnv(url, more) {
  const models = { scripted: { tool_call: true, limit: { context: 200000, output: 8000 }, cost: { input: 1, output: 2, cache_read: 0.1 } } };
  const provider = { scripted: { npm: "@ai-sdk/openai-compatible", options: { baseURL: `${url}/v1`, apiKey: "none" }, models } };
  return {
    OPENCODE_CONFIG_CONTENT: JSON.stringify({ model: "scripted/scripted", small_model: "scripted/scripted", enabled_providers: ["scripted"], provider, ...more }),
    OPENCODE_DISABLE_MODELS_FETCH: "1",
    // Its start fetches a package of its own; without a network it would try for a minute.
    NPM_CONFIG_FETCH_RETRIES: "0",
  };
}

/** Codex offers its tools by what it knows of a model, so the scripted one is entered as a model that calls tools one by one. */
function writeCatalog(folder, env) {
  const result = spawnSync(join(folder, "node_modules", ".bin", "codex"), ["debug", "models"], { env, encoding: "utf8", maxBuffer: 1 << 26 });
  const known = JSON.parse(result.stdout).models.find(({ slug }) => slug === "gpt-5.5");
  const model = { ...known, slug: "scripted", display_name: "scripted", supports_search_tool: false };
  writeFileSync(join(folder, "catalog.json"), JSON.stringify({ models: [model] }));
}
