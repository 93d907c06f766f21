export type Env = Readonly<Record<string, string | undefined>>;

export interface Config {
  readonly port: number;
}

/** Reads the service's own settings; throws on a port that is none. */
export function readConfig(env: Env): Config {
  const port = Number(env.PORT ?? "3000");
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`PORT must be a number from 0 to 65535, not "${env.PORT}"`);
  }
  return { port };
}
