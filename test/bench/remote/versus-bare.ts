import { HttpClient } from '../http-client.js';
import { closedLoop, Samples } from '../load.js';
import { megabytes, milliseconds, perSecond } from '../quantity.js';
import type { Figure } from '../report.js';
import type { Api } from './api.js';

/** A request, how often it is sent, and by how many callers. */
export interface Repeated {
  readonly what: string;
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
  readonly count: number;
  readonly callers?: number;
}

/** Parts of a measurement, which alternate between server and bare route. */
const TURNS = 3;

/**
 * Measures a read of the server, and of the bare route on this computer with as many bytes: the latency of one caller, the
 * rate of several. Throws Error if a response is not a success.
 */
export async function versusBare(api: Api, bareUrl: string, request: Repeated): Promise<Figure> {
  const { what, method = 'GET', path, body, count, callers = 1 } = request;
  const bare = new HttpClient(bareUrl);
  const bytes = await api.drain(method, path, body);
  const [ours, bares] = [new Samples(), new Samples()];
  const tasks = Math.ceil(count / TURNS);
  for (let turn = 0; turn < TURNS; turn++) {
    await closedLoop(callers, { tasks }, () => bare.drain(method, `/${bytes}`), bares);
    await closedLoop(callers, { tasks }, () => api.drain(method, path, body), ours);
  }
  bare.close();
  const [error] = [...ours.errors, ...bares.errors];
  if (error !== undefined) throw new Error(error);
  const of = `bare route here, ${megabytes(bytes)}`;
  const [value, reference] =
    callers === 1
      ? [milliseconds(ours.percentile(50)), milliseconds(bares.percentile(50), of)]
      : [perSecond(ours.rate), perSecond(bares.rate, of)];
  return { what, value, latency: ours.latency, reference };
}
