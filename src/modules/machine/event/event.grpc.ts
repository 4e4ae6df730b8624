import { InjectLogger } from '../../../platform/telemetry/inject-logger.js';
import { anyClient, GrpcHandlers, GrpcOperation } from '../../../platform/grpc/operation.js';
import type { GrpcService } from '../../../platform/grpc/operation.js';
import type { MessageLimits } from '../../../platform/grpc/routes.js';
import { ThrottledLogger } from '../../../platform/grpc/throttled-logger.js';
import type { AppLogger } from '../../../shared/app-logger.js';
import { quoteText } from '../../../shared/text.js';
import { EventService } from './event.service.js';

/** Limit per message; a leaf switch or a proxy sends the events of all machines that it sees. */
const MAX_EVENTS = 10_000;

/** Events that are sent periodically by live machines. */
const HEARTBEATS: readonly (string | undefined)[] = ['Alive', 'Phoned Home'];

interface SendRequest {
  readonly events: Readonly<Record<string, { readonly event: string; readonly message: string } | null>>;
}

const EVENT_SERVICE: GrpcService = {
  file: 'api/v1/event.proto',
  name: 'api.v1.EventService',
  checksTexts: true,
  subject: ({ events }: SendRequest) => subjectOf(Object.keys(events)),
};

const SEND_LIMITS: MessageLimits = {
  bytes: 2 * 1024 * 1024,
  elements: { 'EventServiceSendRequest.events': MAX_EVENTS },
  // Oversized members are truncated or rejected individually, so that they do not affect the others.
  texts: {
    'Events.key': 64 * 1024,
    'MachineProvisioningEvent.event': 64 * 1024,
    'MachineProvisioningEvent.message': 64 * 1024,
  },
};

/** The gRPC service that receives events, of many machines at a time. */
@GrpcHandlers()
export class EventGrpc {
  private readonly throttledLog: ThrottledLogger;

  constructor(
    private readonly events: EventService,
    @InjectLogger() log: AppLogger,
  ) {
    this.throttledLog = new ThrottledLogger(log);
  }

  /** Stores all events that can be stored, and reports how many were, even if others fail. */
  @GrpcOperation({
    service: EVENT_SERVICE,
    method: 'Send',
    access: anyClient,
    audit: (request: SendRequest, { events }: EventGrpc) => isRecorded(request, events),
    rate: {
      what: 'events',
      perSecond: ({ grpc }) => grpc.rates.events,
      units: ({ events }: SendRequest) => Object.keys(events).length,
    },
    limits: SEND_LIMITS,
  })
  async send({ events }: SendRequest): Promise<object> {
    const sent = Object.entries(events).map(([machineId, event]) => ({
      machineId,
      event: event?.event ?? '',
      message: event?.message ?? '',
    }));
    const { machineIds, reason } = await this.events.acceptAll(sent);
    if (reason) {
      const which = `lost ${machineIds.length} of ${sent.length} events, among them one of machine ${quoteText(machineIds[0]!)}`;
      this.throttledLog.warn(`${which}: ${reason.message}`);
    }
    return { events: sent.length - machineIds.length, failed: machineIds };
  }
}

/** Heartbeats of known machines change nothing, and would drown out the rest of the audit trail. */
const isRecorded = ({ events }: SendRequest, known: EventService): boolean =>
  Object.entries(events).some(([id, event]) => !HEARTBEATS.includes(event?.event) || !known.find(id));

/** Maximum number of machines named in an audit entry. */
const MAX_NAMED = 20;

function subjectOf(ids: readonly string[]): string {
  const named = ids.slice(0, MAX_NAMED).map((id) => id.slice(0, 64));
  return `${named.join(', ')}${ids.length > MAX_NAMED ? ` and ${ids.length - MAX_NAMED} more` : ''}`;
}
