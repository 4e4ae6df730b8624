import type { Config } from '../../config/config.js';
import { append } from '../../shared/append.js';
import { UsageError } from '../../cli/usage-error.js';
import type { Clock } from '../../shared/clock.js';
import { retry } from '../../shared/concurrency/backoff.js';
import type { FsckReport } from '../../modules/fsck/fsck.service.js';
import type { Target } from '../target/target.js';
import { planWrites } from '../target/write.js';
import type { Translation } from '../translate/translation.js';
import { Asker, NoAnswer, type JsonAnswer, type Question } from './ask.js';
import { differences } from './differences.js';
import { reasonFor, STATUS, type Located } from './known-differences.js';
import { liveQuestions } from './live-questions.js';
import { startPrivateServer } from './private-server.js';
import { readRecordings } from './recorded-answers.js';

/** What the old server answers, one by one. */
export interface OldAnswers {
  /** How many; for progress. */
  readonly total: number;
  /** The time at which all answers so far were given; sets the clock of the new server. */
  readonly clock: Clock;
  each(): AsyncIterable<{ readonly question: Question; readonly answer: JsonAnswer }>;
}

/** The outcome of a comparison. */
export interface Comparison {
  readonly asked: number;
  readonly identical: number;
  /** Differences on purpose, by their reason. */
  readonly known: ReadonlyMap<string, readonly Located[]>;
  readonly unexplained: readonly Located[];
  /** Documents of the target that are not what the import writes, by table. */
  readonly changed: ReadonlyMap<string, readonly string[]>;
  readonly fsck: FsckReport;
}

/** Answers that were recorded in a folder; the new server is asked as of the time of the recording. */
export function recordedAnswers(folder: string): OldAnswers {
  const recordings = readRecordings(folder);
  const time = { now: recordings[0]?.time ?? Date.now() };
  return {
    total: recordings.reduce((sum, { answers }) => sum + answers.length, 0),
    clock: { now: () => time.now },
    async *each() {
      for (const recording of recordings) {
        time.now = recording.time;
        yield* recording.answers;
      }
    },
  };
}

/** How often an old server is asked that does not answer, or that is overloaded; the pauses add up to some seconds. */
const ATTEMPTS = 5;
const PAUSES = { base: 250, cap: 4_000, least: 100 };

/** Answers that say that the server is overloaded or, by a proxy, that it is away. */
const LATER: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Answers of the running old server. An answer that does not come, or not completely, is asked for again; what an
 * overloaded server answers in the end is compared like any answer. Throws UsageError if it does not accept the key.
 */
export function liveAnswers(url: string, adminKey: string, translation: Translation, clock: Clock): OldAnswers {
  const questions = [...liveQuestions(translation)];
  return {
    total: questions.length,
    clock,
    async *each() {
      const asker = new Asker(url, adminKey, clock);
      try {
        for (const question of questions) yield { question, answer: await askPatiently(asker, question) };
      } finally {
        asker.close();
      }
    },
  };
}

async function askPatiently(asker: Asker, question: Question): Promise<JsonAnswer> {
  let last: JsonAnswer | undefined;
  const attempt = async (): Promise<JsonAnswer> => {
    last = undefined;
    last = await asker.ask(question);
    if (LATER.has(last.status)) throw new NoAnswer(`${question.path} was answered with ${String(last.status)}`);
    return last;
  };
  const options = { attempts: ATTEMPTS, ...PAUSES, keepsAlive: true };
  const answer = await retry(attempt, { ...options, isRetryable: (error) => error instanceof NoAnswer }).catch(
    (error: unknown) => {
      if (last === undefined) throw error;
      return last;
    },
  );
  if (answer.status !== 401 && answer.status !== 403) return answer;
  throw new UsageError(
    `the old server refuses METAL_API_HMAC_ADMIN_KEY (${String(answer.status)} for ${question.path}): verify with the key ` +
      'that it has, and check that its clock agrees with that of this computer',
  );
}

/** Compares the target with what the import writes and with what the old server answers, and runs fsck. Changes nothing. */
export async function compare(
  config: Config,
  target: Target,
  translation: Translation,
  old: OldAnswers,
  progress: (done: number, total: number) => void,
): Promise<Comparison> {
  const changed = new Map<string, string[]>();
  for (const { table, id } of planWrites(target, translation).steps) {
    append(changed, table, id);
  }
  const server = await startPrivateServer(config, target, old.clock);
  const asker = new Asker(server.url, server.adminKey, old.clock);
  try {
    const answers = await compareAnswers(asker, translation, old, progress);
    return { ...answers, changed, fsck: await server.fsck() };
  } finally {
    asker.close();
    await server.close();
  }
}

async function compareAnswers(
  asker: Asker,
  translation: Translation,
  old: OldAnswers,
  progress: (done: number, total: number) => void,
): Promise<Pick<Comparison, 'asked' | 'identical' | 'known' | 'unexplained'>> {
  const known = new Map<string, Located[]>();
  const unexplained: Located[] = [];
  let [asked, identical] = [0, 0];
  progress(0, old.total);
  for await (const { question, answer } of old.each()) {
    const found = [...differencesOf(question, answer, await asker.ask(question))];
    for (const difference of found) {
      const reason = reasonFor(difference, translation);
      if (reason === undefined) unexplained.push(difference);
      else append(known, reason, difference);
    }
    if (found.length === 0) identical++;
    progress(++asked, old.total);
  }
  return { asked, identical, known, unexplained };
}

/** With another status there is nothing else to compare. */
function* differencesOf(question: Question, old: JsonAnswer, now: JsonAnswer): Iterable<Located> {
  if (old.status !== now.status) {
    yield { question, path: STATUS, old: old.status, now: now.status, at: [] };
    return;
  }
  if (old.status >= 400) return;
  for (const difference of differences(old.body, now.body)) yield { ...difference, question };
}
