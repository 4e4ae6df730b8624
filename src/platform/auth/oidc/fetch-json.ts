const TIMEOUT = 10_000;
const LIMIT = 1024 * 1024;

/** Fetches a JSON object. Throws if there is no successful response of at most 1 MiB within 10 s. */
export async function fetchJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT), headers: { accept: 'application/json' } });
  if (!response.ok) throw new Error(`${url} responded with status ${response.status}`);
  const value: unknown = JSON.parse(await limitedText(response));
  if (typeof value !== 'object' || value === null) throw new Error(`${url} did not respond with a JSON object`);
  return value as Record<string, unknown>;
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LIMIT) throw new Error(`${response.url} responded with more than ${LIMIT} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
