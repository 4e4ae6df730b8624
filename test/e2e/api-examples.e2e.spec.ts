import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES_FILE, readExamples } from '../../src/platform/http/openapi/examples.js';
import type { ApiExample } from '../../src/platform/http/openapi/examples.js';
import { AnswerSchema } from '../support/answer-schema.js';
import { DocumentedApi } from '../support/api-examples/caller.js';
import { DEMO_CALLS } from '../support/api-examples/demo-calls.js';
import { shortened } from '../support/api-examples/shortened.js';
import { DemoProcess } from '../support/browser/demo-process.js';
import { eventually } from '../support/eventually.js';
import { document, OPERATIONS, operationOf } from './golden/call.js';

/** `RECORD_EXAMPLES=1 npx vitest run test/e2e/api-examples.e2e.spec.ts` records them again, after a build. */
const isRecording = process.env['RECORD_EXAMPLES'] !== undefined;

/** Their bodies are in test/golden. */
const WITHOUT_EXAMPLES: readonly string[] = [
  // A GET request with a body, which fetch does not send.
  'getMachineConsolePassword',
  // They need an object store and a VPN, which the demo lacks.
  ...['listFirmwares', 'removeFirmware', 'uploadFirmware', 'updateFirmware', 'getVPNAuthKey'],
];

interface MachineAnswer {
  readonly id: string;
  readonly events: { readonly log: readonly { readonly event: string }[] };
}

let demo: DemoProcess;
let api: DocumentedApi;
let machine: string;
let other: string;
beforeAll(async () => {
  demo = await DemoProcess.start(2);
  api = await DocumentedApi.at(`http://127.0.0.1:${demo.port}/`, demo.token('admin'));
  const waiting = async (): Promise<readonly MachineAnswer[]> =>
    (await demo.rest('viewer').get<MachineAnswer[]>('v1/machine')).filter(
      ({ events }) => events.log[0]?.event === 'Waiting',
    );
  await eventually('both machines wait', async () => (await waiting()).length === 2, 60_000);
  [machine = '', other = ''] = (await waiting()).map(({ id }) => id).sort();
}, 180_000);
afterAll(() => demo?.remove());

describe.runIf(isRecording)('recording', { shuffle: false }, () => {
  it('writes what the demo answers', async () => {
    const recorded: ApiExample[] = [];
    let network = '';
    let wait = '';
    for (const { id, title, parameters = {}, body } of DEMO_CALLS) {
      const fill = <T>(value: T): T =>
        replaced(value, [
          ['{machine}', machine],
          ['{other}', other],
          ['{network}', network],
          ['{wait}', wait],
        ]);
      const request = { id, parameters: fill(parameters), ...(body !== undefined && { body: fill(body) }) };
      const { status, answer } = await api.call(request);
      if (id === 'allocateNetwork' && status === 201) network = idOf(answer);
      if (status === 202) wait = idOf(answer);
      recorded.push({ title, ...request, status, ...(answer !== undefined && { answer: shortened(answer) }) });
    }
    writeFileSync(EXAMPLES_FILE, `${JSON.stringify(recorded, null, 2)}\n`);
  });
});

describe.skipIf(isRecording)('the examples of the API documents', { shuffle: false }, () => {
  const examples = readExamples();
  const schema = new AnswerSchema(document);
  /** IDs of networks and waiting requests in the examples and here: the only values that differ at each demo. */
  const ids: [recorded: string, here: string][] = [];

  it('are those of the calls that are written down', () => {
    const named = (all: readonly { id: string; title: string }[]) => all.map(({ id, title }) => `${id}: ${title}`);
    expect(named(examples)).toEqual(named(DEMO_CALLS));
  });

  it('are there for every operation that can have one', () => {
    const missing = (ids: readonly string[]) => ids.filter((id) => !examples.some((example) => example.id === id));
    expect(missing(OPERATIONS).sort()).toEqual([...WITHOUT_EXAMPLES].sort());
    expect(missing(api.idsOf(api.operators))).toEqual([]);
  });

  it('are shown by the documents, with the parameters, the request and the answer', () => {
    for (const { id, title, parameters, body, answer } of examples) {
      const shown = JSON.stringify(
        [api.v1, api.operators]
          .flatMap(({ paths }) => Object.values(paths).flatMap((item) => Object.values(item)))
          .filter(({ operationId }) => operationId === id),
      );
      const isFirst = examples.find((example) => example.id === id)?.title === title;
      if (body !== undefined) expect(shown).toContain(JSON.stringify({ value: body }).slice(1, -1));
      if (answer !== undefined) expect(shown).toContain(JSON.stringify({ value: answer }).slice(1, -1));
      if (isFirst) for (const value of Object.values(parameters)) expect(shown).toContain(`"example":"${value}"`);
    }
  });

  // One after another, since later calls build on earlier ones.
  it.each(examples.map((example) => [`${example.id}: ${example.title}`, example] as const))(
    'work at the demo: %s',
    async (_name, example) => {
      const { status, answer, text } = await api.call(replaced(example, ids));
      const isCreated = (example.id === 'allocateNetwork' && status === 201) || status === 202;
      if (isCreated) ids.push([idOf(example.answer), idOf(answer)]);
      expect({ status, text: status === example.status ? '' : text }).toEqual({ status: example.status, text: '' });
      expect(keysOf(answer)).toEqual(keysOf(example.answer));
      if (OPERATIONS.includes(example.id)) {
        expect(schema.complaints(operationOf(example.id), status, text)).toBe('');
        if (example.answer !== undefined) {
          expect(schema.complaints(operationOf(example.id), status, JSON.stringify(example.answer))).toBe('');
        }
      }
    },
  );
});

const idOf = (answer: unknown): string => (answer as { id?: string } | undefined)?.id ?? '';

const replaced = <T>(value: T, pairs: readonly (readonly [text: string, by: string])[]): T =>
  value === undefined
    ? value
    : (JSON.parse(pairs.reduce((json, [text, by]) => json.replaceAll(text, by), JSON.stringify(value))) as T);

/** What an answer has at its top, or the first element of a list: values differ from demo to demo, names do not. */
function keysOf(answer: unknown): unknown {
  if (typeof answer === 'string') return eventsOf(answer) ?? answer;
  if (Array.isArray(answer)) return answer.length === 0 ? 'no elements' : keysOf(answer[0]);
  return typeof answer === 'object' && answer !== null ? Object.keys(answer).sort() : typeof answer;
}

/** The kinds of events of a stream. */
const eventsOf = (text: string): string[] | undefined =>
  text.startsWith('"') || !text.includes('event: ')
    ? undefined
    : [...new Set([...text.matchAll(/^event: (\w+)$/gm)].map(([, kind]) => kind!))];
