import { BmcError } from '../bmc/bmc-driver.js';
import type { FirmwareImage, ReportProgress } from '../bmc/bmc-driver.js';
import { isObject, objectAt, textsAt } from './bounded-json.js';
import type { RedfishObject } from './bounded-json.js';
import type { HttpsResponse } from './https-connection.js';
import type { Resource } from './redfish-client.js';
import { withoutSecrets } from './redfish-failure.js';
import type { RedfishService } from './redfish-service.js';
import { followUpdate, versionOf } from './update-task.js';

export interface UpdateOptions {
  /** Milliseconds between two looks at the progress. */
  readonly pollMs: number;
  /** Milliseconds after which an update without end counts as failed. */
  readonly timeoutMs: number;
  /** Milliseconds that the BMC may be away: it restarts when its own firmware is updated. */
  readonly awayMs: number;
}

export const UPDATE_DEFAULTS: UpdateOptions = { pollMs: 5000, timeoutMs: 3_600_000, awayMs: 900_000 };

export interface UpdateContext extends UpdateOptions {
  readonly progress: ReportProgress;
  /** Ends the wait, not the update. */
  readonly signal: AbortSignal;
}

/**
 * Makes the BMC fetch and install an image with `UpdateService.SimpleUpdate`, and follows the update to its end
 * (DSP0266, clause 12; DSP2062). A BIOS image may end as scheduled for the next reset: the machine is not reset, because
 * it may be allocated. Throws BmcError `update` if the BMC reports a failure, or does not report an end.
 */
export async function updateFirmware(
  service: RedfishService,
  image: FirmwareImage,
  context: UpdateContext,
): Promise<void> {
  const updates = await service.updateService();
  const before = await versionOf(service, image.kind);
  const progress: ReportProgress = (text) => context.progress(withoutUrl(text, image.url));
  try {
    const started = await start(service, updates, image);
    progress('the BMC has accepted the image');
    await followUpdate(service, { started, updates, kind: image.kind, before }, { ...context, progress });
  } catch (error) {
    throw error instanceof BmcError ? conclusionOf(error, image.url) : error;
  }
}

/** Without an answer it is unknown whether the BMC has begun, so that the update must not be started again. */
function conclusionOf({ failure, message }: BmcError, url: string): BmcError {
  const text = withoutUrl(message, url);
  const isUnknown = failure === 'timeout' || failure === 'unreachable';
  return isUnknown
    ? new BmcError('update', `the result of the firmware update is unknown: ${text}`)
    : new BmcError(failure, text);
}

/** Starts the update. A service that demands `Targets` is told them in a second request. */
async function start(service: RedfishService, updates: Resource, image: FirmwareImage): Promise<HttpsResponse> {
  const { client, vendor } = service;
  const action = objectAt(updates.body, 'Actions', '#UpdateService.SimpleUpdate');
  if (action['target'] === undefined) {
    throw new BmcError('unsupported', `BMC ${client.label} cannot update firmware from a URL`);
  }
  const path = client.pathOf(action['target']);
  const body = parametersOf(action, image, vendor.imageUri === 'without-scheme', client.label);
  const named = async () => ({ ...body, Targets: [await targetOf(service, image.kind)] });
  if (vendor.updateTargets === 'named') return client.post(path, await named(), 'update firmware');
  try {
    return await client.post(path, body, 'update firmware');
  } catch (error) {
    if (!(error instanceof BmcError && error.failure === 'refused' && /\btargets?\b/i.test(error.message))) throw error;
    return client.post(path, await named(), 'update firmware');
  }
}

function parametersOf(
  action: RedfishObject,
  { url }: FirmwareImage,
  isWithoutScheme: boolean,
  label: string,
): RedfishObject {
  const protocol = url.startsWith('https:') ? 'HTTPS' : 'HTTP';
  const allowed = textsAt(action, 'TransferProtocol@Redfish.AllowableValues');
  if (allowed !== undefined && !allowed.includes(protocol)) {
    const most = allowed.slice(0, 20).join(', ').slice(0, 200);
    throw new BmcError('unsupported', `BMC ${label} does not fetch firmware by ${protocol}, only by ${most}`);
  }
  return {
    ImageURI: isWithoutScheme ? url.replace(/^https?:\/\//, '') : url,
    TransferProtocol: protocol,
  };
}

async function targetOf(service: RedfishService, kind: FirmwareImage['kind']): Promise<string> {
  const resource = kind === 'bios' ? service.system : await service.manager();
  if (resource === undefined) throw new BmcError('unsupported', `BMC ${service.client.label} names no manager`);
  const { path, body } = resource;
  return isObject(body) && typeof body['@odata.id'] === 'string' ? service.client.pathOf(body['@odata.id']) : path;
}

/** BMCs quote the address of the image, which is a secret, with and without its scheme. */
const withoutUrl = (text: string, url: string): string => {
  const rest = url.replace(/^https?:\/\//, '');
  return withoutSecrets(text, [url, rest, rest.replace(/^[^?]*\?/, '')]);
};
