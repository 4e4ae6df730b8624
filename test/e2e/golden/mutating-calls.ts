import fc from 'fast-check';
import { AnswerSchema } from '../../support/answer-schema.js';
import { judged } from '../../support/judged-request.js';
import type { WireRequest } from '../../support/judged-request.js';
import { mutantOf } from '../../support/mutants.js';
import { bodyOfSchema } from '../../support/random-requests.js';
import { document, operationOf, pathOf } from './call.js';
import type { Answer, Call, Calls } from './call.js';
import type { Recorder } from './recorder.js';

const SCHEMA = new AnswerSchema(document);

/** Thrown where the scenario shall go no further. */
export class Reached extends Error {}

export interface Mutants {
  /** Which of the successful calls, counted from 0, is replaced by its mutants. */
  readonly at: number;
  readonly count: number;
  readonly seed: number;
}

/** What became of the mutants. */
export interface Outcome {
  readonly operationId: string;
  readonly statuses: readonly number[];
  readonly complaints: readonly string[];
}

/** Plays the scenario up to one call; instead of that call, it sends mutants of it. */
export class MutatingCalls implements Calls {
  private played = 0;
  /** Undefined when the scenario has fewer calls. */
  outcome: Outcome | undefined;

  constructor(
    private readonly recorder: Recorder,
    private readonly mutants: Mutants,
  ) {}

  play = async (operationId: string, call: Call): Promise<Answer> => {
    if (this.played++ < this.mutants.at) return this.recorder.play(operationId, call);
    this.outcome = await this.send(operationId, call);
    throw new Reached(operationId);
  };

  refuse = async (): Promise<void> => {
    // Changes nothing, so the scenario does without.
  };

  private async send(operationId: string, call: Call): Promise<Outcome> {
    const statuses: number[] = [];
    const complaints: string[] = [];
    const { count, seed } = this.mutants;
    for (const mutant of fc.sample(requestOf(operationId, call), { numRuns: count, seed })) {
      const { status, text, complaint: refusal } = await judged(this.recorder.server.url, mutant);
      const complaint = refusal || SCHEMA.complaints(operationOf(operationId), status, text);
      statuses.push(status);
      if (complaint !== '') complaints.push(`${JSON.stringify(mutant)} → ${complaint}`);
    }
    return { operationId, statuses, complaints };
  }
}

/** The call, changed here or there: in its path, in its body, or by members that it does not use. */
function requestOf(operationId: string, call: Call): fc.Arbitrary<WireRequest> {
  const { method } = operationOf(operationId);
  return partsOf(operationId, call).map(({ path, body }) => ({
    method,
    path: pathOf(operationId, { ...call, path: textsOf(path) }),
    contentType: call.file === undefined ? 'application/json' : 'multipart/form-data; boundary=b',
    body: call.file === undefined ? JSON.stringify(body) : formOf(call.file),
  }));
}

interface Parts {
  readonly path: object;
  readonly body: unknown;
}

function partsOf(operationId: string, { path = {}, body }: Call): fc.Arbitrary<Parts> {
  const full = bodyOfSchema(document, operationOf(operationId), []);
  const kinds: fc.WeightedArbitrary<Parts>[] = [];
  if (Object.keys(path).length > 0) {
    kinds.push({
      weight: 1,
      arbitrary: mutantOf(path).map((changed) => ({ path: { ...path, ...(changed as object) }, body })),
    });
  }
  if (body !== undefined)
    kinds.push({ weight: 4, arbitrary: mutantOf(body).map((changed) => ({ path, body: changed })) });
  if (full)
    kinds.push({ weight: 1, arbitrary: full.map((more) => ({ path, body: { ...(more as object), ...body } })) });
  if (kinds.length === 0) kinds.push({ weight: 1, arbitrary: fc.jsonValue().map((any) => ({ path, body: any })) });
  return fc.oneof(...kinds);
}

/** Path parameters are texts, and lone surrogates cannot be escaped. */
const textsOf = (path: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(path).map(([name, value]) => [name, String(value).replace(/\p{Surrogate}/gu, '') || '-']),
  );

const formOf = (content: string): string =>
  `--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n${content}\r\n--b--\r\n`;
