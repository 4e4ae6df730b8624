import { readFileSync } from 'node:fs';
import type { Response } from 'supertest';
import type { Method, TestApp } from '../../support/app.js';
import { operationOf, pathOf } from './call.js';
import type { Answer, Call, Calls } from './call.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** Calls operations, and keeps the first success and the first refusal of each as sent over the wire. */
export class Recorder implements Calls {
  private readonly examples = new Map<string, string>();

  constructor(readonly server: TestApp) {}

  play = async (operationId: string, call: Call): Promise<Answer> => {
    const answer = await this.send(operationId, call);
    if (answer.status >= 300) throw new Error(`${operationId} answered ${answer.status}: ${answer.text}`);
    this.keep(exampleOf(operationId), operationId, call, answer);
    return answer.body as Answer;
  };

  refuse = async (operationId: string, status: number, call: Call): Promise<void> => {
    const answer = await this.send(operationId, call);
    if (answer.status !== status) throw new Error(`${operationId} answered ${answer.status}: ${answer.text}`);
    this.keep(errorExampleOf(operationId), operationId, call, answer);
  };

  /** Names of the recorded error examples. */
  errorExamples(): string[] {
    return [...this.examples.keys()].filter((name) => name.endsWith('.error.json'));
  }

  /** The recorded example with this name, normalised. Throws when the scenario made no such call. */
  example(name: string): string {
    const example = this.examples.get(name);
    if (example === undefined) throw new Error(`no call of the scenario under test/e2e/golden gives ${name}`);
    return example;
  }

  private send(operationId: string, { as, body, file, requestId, ...call }: Call): Promise<Response> {
    const { method } = operationOf(operationId);
    const request = this.server.as(as)[method.toLowerCase() as Method](pathOf(operationId, call));
    if (requestId !== undefined) void request.set('X-Request-Id', requestId);
    if (file !== undefined) void request.attach('file', Buffer.from(file), 'firmware.bin');
    return Promise.resolve(file === undefined && body !== undefined ? request.send(body) : request);
  }

  private keep(name: string, operationId: string, call: Call, { status, text }: Response): void {
    if (this.examples.has(name)) return;
    const { method } = operationOf(operationId);
    const request = call.file === undefined ? call.body : { 'multipart/form-data': { file: call.file } };
    const example = {
      ...{ method, path: pathOf(operationId, call), role: call.as, request, status },
      response: text === '' ? '' : (JSON.parse(text) as unknown),
    };
    this.examples.set(name, `${normalised(JSON.stringify(example, undefined, 2))}\n`);
  }
}

/** File of the example of a success. */
export const exampleOf = (operationId: string): string => `${operationId.replace(/\W/g, '-')}.json`;

/** File of the example of a refusal. */
const errorExampleOf = (operationId: string): string => `${operationId.replace(/\W/g, '-')}.error.json`;

/**
 * Replaces what differs from run to run. Only times in the format of the wire are replaced, so that another format
 * shows; the zero time and times that the scenario itself sends (all in 2099) stay.
 */
function normalised(text: string): string {
  const uuids = new Map<string, string>();
  const numbered = (uuid: string): string => {
    if (!uuids.has(uuid)) uuids.set(uuid, `<uuid-${uuids.size + 1}>`);
    return uuids.get(uuid)!;
  };
  return text
    .replace(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, numbered)
    .replace(/(?!0001|2099)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replace(/hskey-auth-[\da-f]{24}/g, '<key>')
    .replace(/127\.0\.0\.1:\d{4,5}/g, '127.0.0.1:<port>')
    .replaceAll(`"v${version}"`, '"<version>"');
}
