import { sleep } from '../../shared/concurrency/timers.js';
import { sanitizeText } from '../../shared/text.js';
import { BmcError } from '../bmc/bmc-driver.js';
import type { FirmwareImage } from '../bmc/bmc-driver.js';
import { numberAt, objectAt, objectsAt, textAt } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';
import type { UpdateContext } from './firmware-update.js';
import type { HttpsResponse } from './https-connection.js';
import type { Resource } from './redfish-client.js';
import { reasonOf, withoutSecrets } from './redfish-failure.js';
import { RedfishService } from './redfish-service.js';

export interface StartedUpdate {
  readonly started: HttpsResponse;
  readonly updates: Resource;
  readonly kind: FirmwareImage['kind'];
  /** The version before the update; undefined if it is unknown. */
  readonly before: string | undefined;
}

/** One look at an update: still busy, ended well, or failed. */
type Look =
  | { readonly state: 'busy'; readonly told: string }
  | { readonly state: 'done'; readonly told: string }
  | { readonly state: 'failed'; readonly told: string }
  /** The task is unknown: it has ended, or the BMC forgot it when it restarted. */
  | { readonly state: 'gone' };

/** How often a service may say that it is idle before its update counts as ended. */
const MOST_IDLE_LOOKS = 6;

const ENDED_WELL: readonly string[] = ['Completed'];
/** An interrupted task is expected to continue. */
const ENDED_BADLY: readonly string[] = ['Exception', 'Killed', 'Cancelled'];

/** Follows an update to its end, also while the BMC is away. Throws BmcError `update`. */
export async function followUpdate(
  service: RedfishService,
  update: StartedUpdate,
  context: UpdateContext,
): Promise<void> {
  const look = lookerFor(service, update);
  if (look === undefined) return context.progress('the BMC reports no progress of this update');
  const start = Date.now();
  for (let [contact, wasAway] = [start, false]; ;) {
    const now = Date.now();
    if (now - start > context.timeoutMs) throw failed(`it did not end within ${seconds(context.timeoutMs)} s`);
    const seen = await look().catch((error: unknown) => awayUnless(error, context, now - contact));
    if (seen === undefined) wasAway = true;
    else {
      contact = Date.now();
      if (seen.state === 'done') return context.progress(seen.told);
      if (seen.state === 'failed') throw failed(seen.told);
      if (seen.state === 'gone') return conclude(service, update, context, wasAway);
    }
    context.progress(seen?.told ?? 'the BMC is away, as when it restarts');
    await pause(context);
  }
}

/** The installed version; undefined if the BMC does not report it. */
export async function versionOf(service: RedfishService, kind: FirmwareImage['kind']): Promise<string | undefined> {
  const body = kind === 'bios' ? service.system.body : (await service.manager())?.body;
  const version = body?.[kind === 'bios' ? 'BiosVersion' : 'FirmwareVersion'];
  return typeof version === 'string' && version !== '' ? sanitizeText(version) : undefined;
}

/** Undefined for a BMC that is away and may come back. Rejects for every other failure. */
function awayUnless(error: unknown, { awayMs }: UpdateContext, away: number): undefined {
  const isAway = error instanceof BmcError && ['unreachable', 'timeout', 'refused'].includes(error.failure);
  if (!isAway) throw error;
  if (away > awayMs) throw failed(`the BMC has been away for ${seconds(away)} s: ${error.message}`);
  return undefined;
}

async function pause({ pollMs, signal }: UpdateContext): Promise<void> {
  await sleep(pollMs, { signal }).catch(() => {
    throw failed('the agent was stopped and does not follow it any longer; the BMC continues');
  });
}

/** How to look at the update: at its task, or at the state that the vendor keeps; undefined if there is neither. */
function lookerFor(service: RedfishService, update: StartedUpdate): (() => Promise<Look>) | undefined {
  const { started, updates } = update;
  const { client, vendor } = service;
  const link = started.headers.location ?? (started.body && taskLink(started.body));
  if (link !== undefined) {
    const path = client.pathOfLocation(link);
    return async () => lookAtTask(await client.exchangeGet(path), service, update.kind);
  }
  const { updateState } = vendor;
  if (updateState === undefined) return undefined;
  let looks = 0;
  return async () => {
    const { body } = await client.get(updates.path);
    const state = objectAt(body, ...updateState.path);
    const name = sanitizeText(textAt(state, 'State') ?? '', 60);
    // The update may not have begun yet.
    const isBefore = name === 'Idle' && looks++ < MOST_IDLE_LOOKS;
    if (isBefore || updateState.busy.test(name))
      return { state: 'busy', told: withPercent(name, state, updateState.percent) };
    return name === 'Error' ? { state: 'failed', told: name } : { state: 'done', told: name };
  };
}

/** A monitor answers 202 until the task has ended; many services give the task itself instead (DSP0266, clause 12.2). */
function lookAtTask(response: HttpsResponse, { client, vendor }: RedfishService, kind: FirmwareImage['kind']): Look {
  const { status, body = {} } = response;
  if (status === 404 || status === 410) return { state: 'gone' };
  if (status === 401 || status >= 500) throw new BmcError('refused', `BMC ${client.label} answers HTTP ${status}`);
  if (status >= 400) return { state: 'failed', told: withoutSecrets(reasonOf(body), client.secrets) };
  const state = textAt(body, 'TaskState');
  if (state === undefined) return status === 202 ? { state: 'busy', told: 'running' } : { state: 'done', told: '' };
  const said = withoutSecrets(messagesOf(body), client.secrets);
  const told = [withPercent(state, body, 'PercentComplete'), said].filter((text) => text !== '').join(': ');
  if (ENDED_WELL.includes(state)) return { state: 'done', told };
  if (ENDED_BADLY.includes(state)) return { state: 'failed', told };
  const isScheduled = kind === 'bios' && (state === 'Pending' || vendor.scheduled?.test(said) === true);
  return isScheduled ? { state: 'done', told: `${told}; applied at the next reset` } : { state: 'busy', told };
}

/** The task is gone. That is an end like any other, except after a restart: then only the version shows how it ended. */
async function conclude(
  service: RedfishService,
  { kind, before }: StartedUpdate,
  context: UpdateContext,
  wasAway: boolean,
): Promise<void> {
  const fresh = await RedfishService.open(service.client, textAt(service.system.body, 'UUID'));
  const now = await versionOf(fresh, kind);
  if (wasAway && now === before)
    throw failed(`the BMC restarted, and its ${kind} version is still ${now ?? 'unknown'}`);
  context.progress(`ended; the ${kind} version is ${now ?? 'unknown'}`);
}

const taskLink = (body: RedfishObject): unknown =>
  textAt(body, 'TaskState') === undefined ? undefined : body['@odata.id'];

const messagesOf = (task: RedfishObject): string =>
  sanitizeText(
    objectsAt(task, 'Messages', 3)
      .flatMap((message) => textAt(message, 'Message') ?? [])
      .join(' '),
    300,
  );

function withPercent(state: string, from: RedfishObject, name: string): string {
  const percent = numberAt(from, name);
  return percent === undefined ? state : `${sanitizeText(state, 60)}, ${Math.round(percent)} %`;
}

const failed = (reason: string): BmcError => new BmcError('update', `the firmware update failed: ${reason}`);

const seconds = (milliseconds: number): number => Math.round(milliseconds / 1000);
