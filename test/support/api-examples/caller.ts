import type { ApiExample } from '../../../src/platform/http/openapi/examples.js';

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

interface OpenApi {
  readonly paths: Record<string, Record<string, DocumentedOperation>>;
}

export interface Answered {
  readonly status: number;
  /** JSON, or the text of another media type. */
  readonly answer: unknown;
  readonly text: string;
}

/** Bytes of a stream after which reading stops. */
const ENOUGH = 8192;

/** Calls operations by their IDs, as the documents of a server describe them. */
export class DocumentedApi {
  private constructor(
    private readonly url: string,
    private readonly token: string,
    readonly v1: OpenApi,
    readonly operators: OpenApi,
  ) {}

  static async at(url: string, token: string): Promise<DocumentedApi> {
    const read = async (name: string): Promise<OpenApi> =>
      (await (await fetch(`${url}swagger/${name}.json`)).json()) as OpenApi;
    return new DocumentedApi(url, token, await read('openapi'), await read('operators'));
  }

  idsOf(document: OpenApi): string[] {
    return Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
  }

  async call({ id, parameters, body }: Pick<ApiExample, 'id' | 'parameters' | 'body'>): Promise<Answered> {
    const { method, path, operation } = this.find(id);
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name] ?? ''));
    const queries = (operation.parameters ?? []).filter(
      ({ name, in: place }) => place === 'query' && name in parameters,
    );
    const query = new URLSearchParams(
      queries.map(({ name }): [string, string] => [name, parameters[name]!]),
    ).toString();
    const end = new AbortController();
    const response = await fetch(`${this.url}${filled.slice(1)}${query && `?${query}`}`, {
      method: method.toUpperCase(),
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: end.signal,
    });
    const type = response.headers.get('content-type') ?? '';
    if (type === 'application/json' || type === '') {
      const text = await response.text();
      return { status: response.status, answer: text === '' ? undefined : JSON.parse(text), text };
    }
    const text = await beginningOf(response, type.includes('event-stream') ? 'event: bookmark' : undefined);
    end.abort();
    return { status: response.status, answer: type.includes('gzip') ? undefined : text, text };
  }

  private find(id: string): { method: string; path: string; operation: DocumentedOperation } {
    for (const { paths } of [this.v1, this.operators]) {
      for (const [path, item] of Object.entries(paths)) {
        for (const [method, operation] of Object.entries(item)) {
          if (operation.operationId === id) return { method, path, operation };
        }
      }
    }
    throw new Error(`no document has the operation ${id}`);
  }
}

/** What a stream sends up to a text, or its first bytes. */
async function beginningOf(response: Response, last: string | undefined): Promise<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
    const isComplete = last === undefined ? text.length > 0 : text.includes(last) && text.endsWith('\n\n');
    if (isComplete || text.length > ENOUGH) return text;
  }
}
