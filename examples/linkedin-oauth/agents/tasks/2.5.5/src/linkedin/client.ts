import type { LinkedInSettings } from "./settings.js";

export interface LinkedInReply {
  readonly status: number;
  /** Parsed JSON, or null when LinkedIn sent none. */
  readonly body: unknown;
  readonly retryAfter: string | null;
}

/** Sends requests and returns whatever came back; what a status means is for the caller to say. */
export class LinkedInClient {
  constructor(
    private readonly settings: LinkedInSettings,
    private readonly send: typeof fetch,
  ) {}

  /** Posts a form to the OAuth server, with the application's credentials. */
  async postForm(path: string, form: Readonly<Record<string, string>>): Promise<LinkedInReply> {
    const { clientId, clientSecret, authBase } = this.settings;
    const body = new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret });
    return this.reply(authBase + path, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: body.toString(),
    });
  }

  async get(path: string, accessToken: string): Promise<LinkedInReply> {
    return this.reply(this.settings.apiBase + path, { headers: { authorization: `Bearer ${accessToken}` } });
  }

  private async reply(url: string, init: RequestInit): Promise<LinkedInReply> {
    const response = await this.send(url, { ...init, signal: AbortSignal.timeout(this.settings.timeoutMs) });
    const text = await response.text();
    return { status: response.status, body: parse(text), retryAfter: response.headers.get("retry-after") };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
